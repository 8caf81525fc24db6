/** A certificate and its key, in PEM. */
export type Certificate = { cert: string; key: string }

/** The options of an endpoint. */
export type Options = {
  /**
   * The Postgres behind it: `postgres://user:password@host:5432/database`, with `?host=/folder` for a Unix socket, and
   * `sslmode` and `sslrootcert` for the encryption between the two. User, password and database serve `connectionString()`
   * and JWTs alone: clients bring their own.
   */
  upstream: string
  /** The port to listen on; any free one by default. */
  port?: number
  /** The name or address to listen on; `127.0.0.1` by default. Any other opens the endpoint to the network. */
  hostname?: string
  /** Connections to Postgres for HTTP, per user, password and database; 20 by default. More requests wait for up to 15 s. */
  maxConnections?: number
  /** Milliseconds until an unused connection for HTTP is closed; 10,000 by default. */
  idleTimeoutMs?: number
  /** Web origins whose pages may use the endpoint, such as `http://localhost:5173`. All others get 403. */
  allowOrigins?: readonly string[]
  /** Names in `Host` that are served besides those of loopback: the name of this machine in a container, for example. */
  allowHosts?: readonly string[]
  /** Serves encrypted connections only, with this certificate. */
  tls?: Certificate
  /** The keys that JWTs (`authToken`) are signed with: the file or the URL of a JWKS, or the JWKS itself. */
  jwks?: string | { keys: object[] }
  /** The roles that the holder of a JWT may take; `authenticated` and `anonymous` by default, as at Neon. */
  jwtRoles?: readonly string[]
}

/** A running endpoint. */
export type NeonLocal = {
  port: number
  /** Its URL: `http://127.0.0.1:4444`, or https with `tls`. */
  url: string
  /** The URL for the driver, psql and every other Postgres client, with the upstream's user, and its database or another. */
  connectionString: (database?: string) => string
  /** Cancels running queries and closes all connections. */
  stop: () => Promise<void>
}
