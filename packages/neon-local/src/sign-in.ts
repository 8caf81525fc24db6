import { createHash } from 'node:crypto'
import { beginScram, type Scram } from './scram.ts'
import { encode, fatal, int32, type Message } from './wire.ts'

/** How to react to a message of Postgres's: answer it, forward it to the client, or neither. `ends` ends the exchange. */
export type Step = { answer?: Buffer; forward?: Buffer; ends?: boolean }

const MECHANISM = 'SCRAM-SHA-256'

/** For a client that signs in by itself. */
export const passThrough = ({ bytes }: Message): Step => ({ forward: bytes, ends: true })

/** Signs in to Postgres for a client. Returns a function that takes each message of Postgres's and returns the reaction. */
export function signIn(user: string, password: string): (message: Message) => Step {
  let scram: Scram | undefined

  function authenticate(body: Buffer): Step {
    const data = body.subarray(4)
    switch (body.readInt32BE(0)) {
      case 3: // AuthenticationCleartextPassword
        return { answer: encode('p', password, '\0') }
      case 5: // AuthenticationMD5Password
        return { answer: encode('p', 'md5', md5(md5(password + user), data), '\0') }
      case 10: // AuthenticationSASL
        if (!data.toString('utf8').split('\0').includes(MECHANISM)) return refuse()
        scram = beginScram(password)
        return { answer: encode('p', MECHANISM, '\0', int32(scram.first.length), scram.first) }
      case 11: {
        // AuthenticationSASLContinue
        const answer = scram?.answer(data.toString('utf8'))
        return answer ? { answer: encode('p', answer) } : refuse()
      }
      case 12: // AuthenticationSASLFinal
        return scram?.isGenuine(data.toString('utf8')) ? {} : refuse()
      default:
        return refuse()
    }
  }

  return ({ type, body, bytes }) => {
    if (type === 'E') return { forward: bytes, ends: true }
    if (type !== 'R') return { forward: bytes }
    if (body.length < 4) return refuse()
    return body.readInt32BE(0) === 0 ? { forward: bytes, ends: true } : authenticate(body)
  }
}

const md5 = (text: string, salt: Uint8Array = Buffer.alloc(0)) =>
  createHash('md5').update(text).update(salt).digest('hex')

const refuse = (): Step => ({
  forward: fatal('28000', 'Postgres asks for an authentication method that this endpoint does not know.'),
  ends: true,
})
