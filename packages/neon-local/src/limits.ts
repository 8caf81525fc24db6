/** Defaults of Neon's proxy for SQL over HTTP (proxy/src/binary/proxy.rs, SqlOverHttpArgs). */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024
export const MAX_RESPONSE_BYTES = 10 * 1024 * 1024
export const CONNECT_TIMEOUT_MS = 15_000
export const MAX_CONNECTIONS = 20

/** The largest WebSocket message that Neon's proxy takes, the default of the library it uses. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

/** Shorter than Neon's five minutes: Postgres refuses to drop a database that has a connection. */
export const IDLE_TIMEOUT_MS = 10_000

/** How much may wait in a client's connection before the endpoint stops reading from Postgres. */
export const MAX_BUFFERED_BYTES = 1024 * 1024
