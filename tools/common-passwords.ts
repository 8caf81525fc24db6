import { join } from 'node:path'
import lists from 'zxcvbn/lib/frequency_lists.js'
import { addTo, type Bloom } from '../src/identity/bloom.ts'

/** The file that this tool writes. */
export const COMMON_PASSWORDS_FILE = join(import.meta.dir, '../src/identity/common-passwords.ts')

/** zxcvbn's passwords, the commonest first, in lower case. */
export const commonest = lists.passwords

/**
 * The passwords to refuse: for the usual minimum lengths the 3,000 commonest ones that are long enough (ASVS 5.0, 6.2.4), and
 * all of the list from 15 characters on.
 */
export function toRefuse(): Set<string> {
  const ofLength = (least: number) => commonest.filter(({ length }) => length >= least)
  return new Set([...ofLength(6).slice(0, 3000), ...ofLength(8).slice(0, 3000), ...ofLength(15)])
}

/** Returns the text of the file. */
export function writeCommonPasswords(): string {
  const passwords = toRefuse()
  // 14.4 bits and 10 hashes an entry: 1 in 1,000 others seems to be in the set.
  const filter: Bloom = { hashes: 10, bits: new Uint8Array(Math.ceil((passwords.size * 14.4) / 8)) }
  for (const password of passwords) addTo(filter, password)
  return `// Written by tools/common-passwords.ts; a test compares. ${passwords.size} passwords of zxcvbn 4.4.2's list,
// Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc., under the MIT licence.
import type { Bloom } from './bloom.ts'

/** The commonest passwords, in lower case. */
export const COMMON_PASSWORDS: Bloom = {
  hashes: ${filter.hashes},
  bits: Uint8Array.fromBase64(
    '${filter.bits.toBase64()}',
  ),
}
`
}

if (import.meta.main) await Bun.write(COMMON_PASSWORDS_FILE, writeCommonPasswords())
