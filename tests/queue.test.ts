import { describe, expect, test } from 'bun:test'
import { fairQueue, type Turn } from '../src/identity/queue.ts'

const stranger = (block: string, signal?: AbortSignal): Turn => ({ kind: 'stranger', block, signal })
const known = (block: string): Turn => ({ kind: 'known', block })
const registration = (block: string): Turn => ({ kind: 'registration', block })
const times = (count: number, turn: Turn) => Array<Turn>(count).fill(turn)

/** Fills a queue with `turns` in their order, then lets one task end after the other. Returns what became of each, in order of running. */
async function outcomeOf(limits: { running: number; waiting: number }, turns: Turn[]) {
  const inTurn = fairQueue(limits)
  const order: Turn[] = []
  let [running, most] = [0, 0]
  const gate = Promise.withResolvers<void>()
  const task = (turn: Turn) => async () => {
    most = Math.max(most, ++running)
    order.push(turn)
    await gate.promise
    running--
  }
  const tasks = Promise.allSettled(turns.map((turn) => inTurn(turn, task(turn))))
  gate.resolve()
  const codes = (await tasks).map((it) => (it.status === 'rejected' ? it.reason.code : 'done'))
  return { codes, most, order: order.map(({ kind, block }) => `${kind} ${block}`) }
}

describe('the queue', () => {
  test('runs so many at once, lets so many more wait, and refuses the rest', async () => {
    const { codes, most } = await outcomeOf({ running: 2, waiting: 3 }, times(7, stranger('a')))
    expect(codes).toEqual(['done', 'done', 'done', 'done', 'done', 'unavailable', 'unavailable'])
    expect(most).toBe(2)
  })

  test('serves every address before the flood of one', async () => {
    const turns = [...times(20, stranger('flood')), stranger('owner')]
    const { codes, order } = await outcomeOf({ running: 2, waiting: 8 }, turns)
    expect(codes.at(-1)).toBe('done')
    expect(codes.filter((code) => code === 'done').length).toBe(10)
    expect(order.indexOf('stranger owner')).toBe(2)
  })

  test('serves a known place before any number of strangers, whose last one makes room', async () => {
    const turns = [...Array.from({ length: 20 }, (_, i) => stranger(`bot-${i}`)), known('home')]
    const { codes, order } = await outcomeOf({ running: 2, waiting: 8 }, turns)
    expect([codes.at(-1), order.indexOf('known home')]).toEqual(['done', 2])
    expect(codes.slice(0, 10)).toEqual([...Array(9).fill('done'), 'unavailable'])
  })

  test('gives registrations half of the places, and sign-ins come before them', async () => {
    const turns = [...times(20, registration('a')), stranger('b'), ...times(3, registration('c'))]
    const { codes, order } = await outcomeOf({ running: 4, waiting: 8 }, turns)
    expect(codes.filter((code) => code === 'done').length).toBe(2 + 4 + 1)
    expect(order[2]).toBe('stranger b')
    expect(order.filter((it) => it === 'registration c').length).toBeGreaterThan(0)
  })

  test('serves the newest first once somebody has waited for too long, and refuses the oldest', async () => {
    const inTurn = fairQueue({ running: 1, waiting: 3 })
    const gate = Promise.withResolvers<void>()
    const order: string[] = []
    const task = (name: string) => async () => {
      order.push(name)
      await gate.promise
    }
    const names = ['running', 'first', 'second']
    const tasks = names.map((name) =>
      inTurn(stranger('a'), task(name)).catch(() => order.push(`${name} refused`)),
    )
    await Bun.sleep(2_100)
    for (const name of ['third', 'fourth'])
      tasks.push(inTurn(stranger('a'), task(name)).catch(() => order.push(`${name} refused`)))
    await Bun.sleep(0)
    gate.resolve()
    await Promise.all(tasks)
    expect(order).toEqual(['running', 'first refused', 'fourth', 'third', 'second'])
  })

  test('never runs what was aborted while it waited, and reports why', async () => {
    const inTurn = fairQueue({ running: 1, waiting: 2 })
    const gate = Promise.withResolvers<void>()
    const first = inTurn(stranger('a'), () => gate.promise)
    const { signal, abort } = aborter()
    let hasRun = false
    const run = async () => {
      hasRun = true
    }
    const second = inTurn(stranger('b', signal), run)
    abort()
    expect(second).rejects.toThrow('gone')
    expect(inTurn(stranger('b', signal), run)).rejects.toThrow('gone')
    gate.resolve()
    await first
    expect(await inTurn(stranger('c'), async () => 'free again')).toBe('free again')
    expect(hasRun).toBe(false)
  })

  test('withholds a result that nobody waits for, so that nothing is written', async () => {
    const inTurn = fairQueue({ running: 1, waiting: 0 })
    const { signal, abort } = aborter()
    const task = async () => abort()
    expect(inTurn(stranger('a', signal), task)).rejects.toThrow('gone')
  })

  test('is free again after a failure', async () => {
    const inTurn = fairQueue({ running: 1, waiting: 0 })
    expect(inTurn(stranger('a'), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await Bun.sleep(0)
    expect(await inTurn(stranger('a'), async () => 'yes')).toBe('yes')
  })
})

function aborter() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort(new Error('gone')) }
}
