import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { temporaryFolder } from '@hearth/dev-postgres'
import { textOf } from './processes.ts'

const root = join(import.meta.dir, '../..')
const SCOPE = '@hearth/'

/** A registry that `startRegistry` started. `pack` returns the path of a package's tarball. */
export type Registry = { url: string; pack: (name: string) => Promise<string>; stop: () => Promise<void> }

/**
 * Serves an npm registry on loopback. It has this repository's packages as `npm pack` packs them, and the packages that are
 * installed here, or in the folders of `alsoFrom`, so that a test can run the `npm install` of a README without a network.
 */
export function startRegistry(alsoFrom: string[] = []): Registry {
  const folder = temporaryFolder('hearth-test-')
  const tarballs = new Map<string, Promise<string>>()
  const tarballOf = (at: string) => {
    const tarball = tarballs.get(at) ?? pack(at, mkdtempSync(join(folder, 'tarball-')))
    tarballs.set(at, tarball)
    return tarball
  }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 60, // seconds; the first request for a tarball waits until it is packed
    async fetch(request) {
      const { pathname, searchParams, origin } = new URL(request.url)
      const name = decodeURIComponent(pathname.slice(1))
      const folders = foldersOf(name, [root, ...alsoFrom])
      const wanted = searchParams.get('folder')
      if (folders.includes(wanted ?? '')) return new Response(Bun.file(await tarballOf(String(wanted))))
      if (folders.length === 0 || wanted !== null) return Response.json({}, { status: 404 })
      return Response.json(await describe(name, folders, origin))
    },
  })
  return {
    url: server.url.origin,
    pack: (name) => tarballOf(join('packages', name.slice(SCOPE.length))),
    async stop() {
      await server.stop(true)
      rmSync(folder, { recursive: true })
    },
  }
}

// The first folder has the version at the top of node_modules, which becomes the latest.
async function describe(name: string, folders: string[], origin: string) {
  const versions = await Promise.all(
    folders.map(async (at) => ({
      ...(await Bun.file(join(root, at, 'package.json')).json()),
      dist: { tarball: `${origin}/${name}?folder=${encodeURIComponent(at)}` },
    })),
  )
  return {
    name,
    'dist-tags': { latest: versions[0]?.version },
    versions: Object.fromEntries(versions.map((version) => [version.version, version])),
  }
}

function foldersOf(name: string, homes: string[]): string[] {
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(name)) return []
  const candidates = name.startsWith(SCOPE)
    ? [join('packages', name.slice(SCOPE.length))]
    : homes.flatMap((home) => installedAt(home, name).map((at) => relative(root, join(home, at))))
  return candidates.filter((at) => existsSync(join(root, at, 'package.json')))
}

// Bun's globs know no alternatives with a slash in them.
const installedAt = (home: string, name: string) => [
  `node_modules/${name}`,
  ...['*', '@*/*'].flatMap((outer) => [
    ...new Bun.Glob(`node_modules/${outer}/node_modules/${name}`).scanSync({ cwd: home, onlyFiles: false }),
  ]),
]

function pack(at: string, destination: string): Promise<string> {
  return at.startsWith('packages/') ? packOurs(at, destination) : packInstalled(at, destination)
}

// In a copy: packing builds `dist`, and other test files pack at the same time.
async function packOurs(at: string, destination: string): Promise<string> {
  for (const path of ['tsconfig.json', 'packages/tsconfig.json', at])
    cpSync(join(root, path), join(destination, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(destination, 'node_modules'))
  const printed = await outputOf(['npm', 'pack', '--silent', '--pack-destination', destination], {
    cwd: join(destination, at),
  })
  return join(destination, new TextDecoder().decode(printed).trim().split('\n').at(-1) ?? '')
}

async function packInstalled(at: string, destination: string): Promise<string> {
  const files = await outputOf(['tar', '-cf', '-', basename(at)], { cwd: join(root, dirname(at)) })
  const file = join(destination, 'package.tgz')
  await Bun.write(file, Bun.gzipSync(files, { level: 1 }))
  return file
}

async function outputOf(command: string[], options: { cwd: string }) {
  const child = Bun.spawn(command, { ...options, stderr: 'pipe' })
  const [output, errors] = await Promise.all([new Response(child.stdout).bytes(), textOf(child.stderr)])
  if ((await child.exited) !== 0) throw new Error(`${command.join(' ')} in ${options.cwd}: ${errors}`)
  return output
}
