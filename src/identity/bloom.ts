/** A set of texts in few bits: it never misses one, and one in about 1,000 others seems to be in it (Bloom, 1970). */
export type Bloom = { hashes: number; bits: Uint8Array<ArrayBuffer> }

/** Whether `text` seems to be in the set. */
export const seemsIn = ({ hashes, bits }: Bloom, text: string): boolean =>
  positions(text, hashes, bits.length * 8).every((at) => (bits[at >> 3] ?? 0) & (1 << (at & 7)))

/** Adds `text` to the set. */
export function addTo({ hashes, bits }: Bloom, text: string): void {
  for (const at of positions(text, hashes, bits.length * 8))
    bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
}

// Two hashes make as many as are wanted (Kirsch and Mitzenmacher, 2006).
function positions(text: string, count: number, size: number): number[] {
  const [first, second] = [fnv1a(text, 0x811c9dc5), fnv1a(text, 0x9747b28c) | 1]
  return Array.from({ length: count }, (_, i) => ((first + i * second) >>> 0) % size)
}

// FNV-1a over UTF-16 code units, from a seed, with the finish of MurmurHash3, which spreads similar texts.
function fnv1a(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
