import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool, ToolError } from '../error.ts'
import { median } from '../measure.ts'
import { bundle, MAIN_MODULE } from './bundle.ts'
import { startWorkerd } from './workerd.ts'

const LARGEST_GZIP_KIB = 150
const STARTS = 9

// What `make deploy-dry` does: everything of a deployment but the upload, and what the Worker weighs.
await runTool(async () => {
  const folder = await bundle()
  try {
    const code = readFileSync(join(folder, MAIN_MODULE))
    const [size, gzip] = [code.length / 1024, Bun.gzipSync(code).length / 1024]
    console.log(`Bundle: ${size.toFixed(0)} KiB, ${gzip.toFixed(1)} KiB gzip (at most ${LARGEST_GZIP_KIB})`)
    if (gzip > LARGEST_GZIP_KIB) throw new ToolError('The bundle has become too large; see docs/edge.md.')
    const startUp = await startUpTime(folder)
    console.log(
      `Start-up: ${startUp.toFixed(0)} ms of processor time more than an empty Worker takes (medians of ${STARTS} starts of workerd)`,
    )
    return 0
  } finally {
    rmSync(folder, { recursive: true })
  }
})

// workerd runs a Worker's top level before it listens. Processor time, since Cloudflare's limit is one of it, and since other
// work on this machine does not count.
async function startUpTime(folder: string): Promise<number> {
  const empty = mkdtempSync(join(tmpdir(), 'hearth-empty-worker-'))
  writeFileSync(join(empty, MAIN_MODULE), 'export default { fetch: () => new Response() }')
  const [ours, its]: [number[], number[]] = [[], []]
  for (let i = 0; i < STARTS; i++) {
    ours.push(await timeToFirstAnswer(folder))
    its.push(await timeToFirstAnswer(empty))
  }
  rmSync(empty, { recursive: true })
  return median(ours) - median(its)
}

async function timeToFirstAnswer(folder: string): Promise<number> {
  const { url, stop } = await startWorkerd(folder, MAIN_MODULE)
  await fetch(`${url}/health`)
  return stop()
}
