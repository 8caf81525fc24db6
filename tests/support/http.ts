import { app } from '../../src/app.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import type { Services } from '../../src/http/env.ts'
import { db } from './db.ts'
import { type Answer, isProblem, type Options, readAnswer, requestInit } from './exchange.ts'

/** The settings that tests run with: the defaults, but for a hash that costs next to nothing. */
export const config: Config = {
  ...loadConfig({ DATABASE_URL: 'postgres://unused/unused', LOG: 'off' }),
  scrypt: { N: 2, r: 1, p: 1 },
}

/** What the app is handed in tests; `changes` are settings of one test's own. */
export const services = (changes: Partial<Config> = {}): Services => ({
  db,
  config: { ...config, ...changes },
  ip: '192.0.2.1',
})

/**
 * Sends one request to the app, as JSON when there is a body, and reads the answer. Throws when an error is answered by
 * anything but a problem with exactly its keys, so that no test needs to look.
 */
export async function call(
  request: `${string} /${string}`,
  options: Options & { with?: Services } = {},
): Promise<Answer> {
  const [method = '', path = ''] = request.split(/ (.*)/)
  const response = await app.request(path, requestInit(method, options), options.with ?? services())
  const answer = await readAnswer(response)
  if (answer.status >= 400 && !isProblem(answer))
    throw new Error(`${request} answered ${answer.status} with no problem: ${answer.text}`)
  return answer
}
