import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from '../../tools/error.ts'
import { startFaultyProxy } from '../support/faulty-proxy.ts'
import { ownServer, run, start, untilUp } from '../support/processes.ts'
import { FAULTS, type Tools } from './faults.ts'
import { measure, type Outcome } from './measure.ts'

const HEAD = `${'fault'.padEnd(34)}${'statuses'.padEnd(30)}${'slowest'.padStart(9)}${'good after'.padStart(12)}`

// What `make chaos` does: one app on Bun under load, and one fault after the other between it and its database.
await runTool(async () => {
  const own = ownServer()
  const only = process.argv.slice(2).join(' ')
  try {
    const base = new URL((await own.cli('url')).out)
    const database = Object.assign(new URL(base), { pathname: '/chaos' })
    await inDatabase(base.href, 'create database chaos')
    await run('tools/migrate/cli.ts', ['up', '--yes'], { DATABASE_URL: database.href })
    await run('tools/admin.ts', [], {
      DATABASE_URL: database.href,
      USERNAME: 'first-admin',
      PASSWORD: 'correct horse',
    })
    const sql = (statement: string) => inDatabase(database.href, statement)
    await sql("create role chaos login superuser password 'chaos'")
    const proxy = await startFaultyProxy(
      Object.assign(new URL(database), { username: 'chaos', password: 'chaos' }).href,
    )
    const env = { DATABASE_URL: proxy.url, PORT: '0', LOG: 'off', DRAIN_SECONDS: '0' }
    const { app, address } = await untilUp(start('src/entry/bun.ts', [], env))
    const pid = () =>
      Number(readFileSync(join(own.env.DATA_DIR, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
    const tools: Tools = {
      proxy,
      sql,
      server: {
        stop: () => own.cli('stop'),
        start: () => own.cli('url'),
        kill: () => process.kill(pid(), 'SIGKILL'),
      },
    }
    const chosen = Object.entries(FAULTS).filter(([name]) => name.includes(only))
    let isWell = true
    console.log(HEAD)
    for (const [name, fault] of chosen) {
      const outcome = await measure(address, () => fault.begin(tools), fault.seconds)
      console.log(row(name, outcome))
      isWell &&= !outcome.statuses[500] && outcome.slowestMs < 7_600 && outcome.recoveredMs < 6_000
    }
    app.kill('SIGTERM')
    console.log(`\nThe app ended with code ${await app.exited}, without a restart.`)
    await proxy.stop()
    return isWell && app.exitCode === 0 ? 0 : 1
  } finally {
    await own.remove()
  }
})

async function inDatabase(url: string, statement: string): Promise<unknown> {
  await using connection = new Bun.SQL(url, { max: 1 })
  return await connection.unsafe(statement).simple()
}

function row(name: string, { statuses, slowestMs, recoveredMs }: Outcome): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`)
  return `${name.padEnd(34)}${counts.join(', ').padEnd(30)}${`${Math.round(slowestMs)} ms`.padStart(9)}${`${Math.round(recoveredMs)} ms`.padStart(12)}`
}
