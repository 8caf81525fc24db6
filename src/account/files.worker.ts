import { assetsBelow } from '../http/static.ts'

/** Reads the page's files on Workers; see `imports` in package.json. */
export const readFile = assetsBelow('/account')
