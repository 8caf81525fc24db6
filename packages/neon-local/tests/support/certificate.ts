import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const OIDS = {
  commonName: '0603550403',
  subjectAltName: '0603551d11',
  ecdsaWithSha256: '06082a8648ce3d040302',
}

/** A self-signed certificate for a host name, valid for a day (RFC 5280), and its key, in PEM. */
export function certificateFor(host: string): { cert: string; key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(hex(OIDS.ecdsaWithSha256))
  const name = sequence(element(0x31, sequence(hex(OIDS.commonName), element(0x0c, Buffer.from(host)))))
  const names = sequence(element(0x82, Buffer.from(host)))
  const extension = sequence(hex(OIDS.subjectAltName), element(0x04, names))
  const content = sequence(
    element(0xa0, hex('020102')), // version 3
    element(0x02, Buffer.concat([hex('01'), randomBytes(8)])), // serial number
    algorithm,
    name,
    sequence(time(Date.now() - 3_600_000), time(Date.now() + 86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(extension)),
  )
  const signature = element(0x03, Buffer.concat([hex('00'), sign('sha256', content, privateKey)]))
  const der = sequence(content, algorithm, signature).toString('base64')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

// DER: a tag, the length of the content, the content.
function element(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...contents: Buffer[]) => element(0x30, ...contents)
const hex = (text: string) => Buffer.from(text, 'hex')
const time = (ms: number) =>
  element(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
