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
