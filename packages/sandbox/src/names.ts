/** The name of the database that a connection string names; without one it is that of the user, as everywhere. */
export function nameOf(url: string): string {
  const { pathname, username } = new URL(url)
  return decodeURIComponent(pathname.slice(1) || username)
}

/** The connection string of another database on the same server, whose name goes on with `_` and `suffix`. */
export const siblingUrl = (url: string, suffix: string) => urlOf(url, `${nameOf(url)}_${suffix}`)

/** The connection string of the database called `name` on the server of `url`. */
export function urlOf(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

/** `name` as SQL has it. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** Whether two connection strings name one server and database by their text; it does not know aliases of a host. */
export const namesSame = (url: string, other: string) => spelled(url) === spelled(other)

function spelled(text: string): string {
  const { hostname, port } = new URL(text)
  const host = hostname.toLowerCase().replace(/^(127\.\d+\.\d+\.\d+|\[::1\]|)$/, 'localhost')
  return `${host}:${port || 5432}/${nameOf(text)}`
}
