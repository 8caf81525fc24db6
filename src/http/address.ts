// The longest form: an IPv6 address with a zone, in brackets, with a port.
const LONGEST = 128
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
// RFC 5952, section 6, and RFC 6874: brackets allow a port, a percent sign begins a zone.
const FORMS = [/^\[([^\]]*)\](?::\d{1,5})?$/, /^(\d+\.\d+\.\d+\.\d+)(?::\d{1,5})?$/, /^([^[\]]*)$/]

/**
 * Returns the IP address that `text` is, in one canonical form, or null. A port, brackets and a zone are dropped; an IPv4
 * address inside an IPv6 one is an IPv4 address (RFC 4291, section 2.5.5.2); IPv6 is written as RFC 5952 says.
 */
export function parseAddress(text: string): string | null {
  if (text.length > LONGEST) return null
  const [address = ''] = FORMS.flatMap((form) => form.exec(text.trim())?.[1] ?? [])
  if (IPV4.test(address)) return address
  const [unzoned = ''] = address.split('%')
  if (!/^[\da-f:.]*:[\da-f:.]*$/i.test(unzoned)) return null
  const canonical = URL.parse(`http://[${unzoned}]/`)?.hostname.slice(1, -1)
  return canonical ? (mappedIpv4(canonical) ?? canonical) : null
}

function mappedIpv4(address: string): string | null {
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? []
  if (high === undefined || low === undefined) return null
  const bits = [high, low].map((group) => Number.parseInt(group, 16))
  return bits.flatMap((group) => [group >> 8, group & 255]).join('.')
}

/**
 * Returns the address that a proxy's header names, or null where it names none. In a list each proxy has added the address
 * that it saw at the right end, so of `proxies` trusted ones the first saw the client: entries further left are made up by
 * whoever sent them. Without `proxies` the header must be a single address.
 */
export function forwardedAddress(header: string, proxies: number | undefined): string | null {
  const entries = header.split(',')
  const entry = proxies === undefined && entries.length > 1 ? undefined : entries.at(-(proxies ?? 1))
  if (entry === undefined) return null
  const [, quoted, plain] = /(?:^|;)\s*for=(?:"([^"]*)"|([^;]*))/i.exec(entry) ?? [] // RFC 7239, section 4
  return parseAddress(quoted ?? plain ?? entry)
}

/**
 * The part of an address that one customer holds: an IPv4 address whole, of IPv6 the first 64 bits (RFC 6177: a site gets at
 * least that much), so that nobody gets a fresh budget by counting up. `ip` is an address in its canonical form; requests
 * without one share a block.
 */
export function addressBlock(ip: string | null): string {
  if (ip === null) return 'unknown'
  if (!ip.includes(':')) return ip
  const [head = '', tail = ''] = ip.split('::')
  const [first, last] = [head, tail].map((groups) => groups.split(':').filter(Boolean))
  const zeros = Array<string>(8 - (first?.length ?? 0) - (last?.length ?? 0)).fill('0')
  return [...(first ?? []), ...zeros, ...(last ?? [])].slice(0, 4).join(':')
}
