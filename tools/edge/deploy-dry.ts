import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool, ToolError } from '../error.ts'
import { bundle, MAIN_MODULE } from './bundle.ts'
import { startWorkerd } from './workerd.ts'

const LARGEST_GZIP_KIB = 150
const STARTS = 9

// What `make deploy-dry` does: everything of a deployment but the upload, and what the Worker weighs.
await runTool(async () => {
  const folder = await bundle()
  const code = readFileSync(join(folder, MAIN_MODULE))
  const gzip = Bun.gzipSync(code).length / 1024
  console.log(
    `Bundle: ${Math.round(code.length / 1024)} KiB, ${gzip.toFixed(1)} KiB gzip (at most ${LARGEST_GZIP_KIB})`,
  )
  const ms = await startUpTime(folder)
  console.log(
    `Start-up: ${ms.toFixed(0)} ms more than an empty Worker takes, median of ${STARTS} starts of workerd here`,
  )
  rmSync(folder, { recursive: true })
  if (gzip > LARGEST_GZIP_KIB) throw new ToolError('The bundle has become too large; see docs/edge.md.')
  return 0
})

// workerd runs a Worker's top level before it listens. The two take turns, so that a busy moment meets both.
async function startUpTime(folder: string): Promise<number> {
  const empty = mkdtempSync(join(tmpdir(), 'hearth-empty-worker-'))
  writeFileSync(join(empty, MAIN_MODULE), 'export default { fetch: () => new Response() }')
  const times = { ours: [] as number[], empty: [] as number[] }
  for (let i = 0; i < STARTS; i++) {
    times.ours.push(await timeToFirstAnswer(folder))
    times.empty.push(await timeToFirstAnswer(empty))
  }
  rmSync(empty, { recursive: true })
  return median(times.ours) - median(times.empty)
}

async function timeToFirstAnswer(folder: string): Promise<number> {
  const start = performance.now()
  const { url, stop } = await startWorkerd(folder, MAIN_MODULE)
  await fetch(`${url}/health`)
  const elapsed = performance.now() - start
  await stop()
  return elapsed
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
