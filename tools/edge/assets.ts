import { cpSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

// What wrangler.toml's build command does: it minifies the files of the pages, which are static assets of the Worker.
const ROOT = resolve(import.meta.dir, '../..')
const PAGES = { docs: 'src/http/docs', account: 'src/account' }

rmSync(join(ROOT, 'dist/assets'), { recursive: true, force: true })
for (const [page, folder] of Object.entries(PAGES)) {
  const source = join(ROOT, folder)
  const target = join(ROOT, 'dist/assets', page)
  const list = (files: string) => [...new Bun.Glob(files).scanSync({ cwd: source })]
  await Bun.build({
    entrypoints: list('*.{js,css}').map((file) => join(source, file)),
    outdir: target,
    minify: true,
    external: ['./*.js'],
  })
  for (const file of list('*.{html,svg}')) cpSync(join(source, file), join(target, file))
}
