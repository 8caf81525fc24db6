import { startNeonLocal } from '../../src/index.ts'

// An endpoint in a process of its own: takes its options as JSON, prints its address, and stops when its stdin ends.
const local = await startNeonLocal(JSON.parse(process.argv[2] ?? ''))
console.log(JSON.stringify({ port: local.port, url: local.url, connection: local.connectionString() }))
process.stdin.resume().on('end', () => local.stop())
