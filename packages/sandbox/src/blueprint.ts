/** How to build a test database: `statements` build it, and `fingerprint` changes whenever they do. */
export type Blueprint = { fingerprint: string; statements: () => Promise<string[]> }
