/** The token that requests are sent with. The tab keeps it, until it is forgotten. */
export const session = {
  get token() {
    return sessionStorage.getItem('token') ?? ''
  },
  set token(token) {
    if (token) sessionStorage.setItem('token', token)
    else sessionStorage.removeItem('token')
    dispatchEvent(new Event('token'))
  },
}

/** Writes a request out, with the values of a form: an address, and what `fetch` is given. */
export function requestOf({ method, path, parameters, base }, values, body) {
  const url = new URL(
    path.slice(1).replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values.get(name))),
    base,
  )
  for (const { name, in: place } of parameters)
    if (place === 'query' && values.get(name)) url.searchParams.set(name, values.get(name))
  const headers = {}
  if (session.token) headers.Authorization = `Bearer ${session.token}`
  if (body) headers['Content-Type'] = 'application/json'
  return { url, init: { method, headers, ...(body && { body: JSON.stringify(body) }) } }
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

/** The same request for a shell. The token is the shell's variable TOKEN. */
export function curlOf({ url, init: { method, headers, body } }) {
  const lines = [`curl -X ${method} ${quoted(url.href)}`]
  if (headers.Authorization) lines.push('-H "Authorization: Bearer $TOKEN"')
  if (body) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(body)}`)
  return lines.join(' \\\n  ')
}

/** Sends a request, and returns what to show of the response. A token that it brings is kept, one that ended is forgotten. */
export async function send({ url, init }) {
  const start = performance.now()
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.includes('json')
  const json = isJson && text ? JSON.parse(text) : undefined
  if (response.ok && json?.token) session.token = json.token
  const isOver =
    init.method === 'DELETE' && response.ok && /\/(sessions\/current|sessions|me)$/.test(url.pathname)
  if (isOver || (response.status === 401 && init.headers.Authorization)) session.token = ''
  if (json?.token) json.token = '(kept in the field at the top)'
  return {
    ok: response.ok,
    status: `${response.status} ${response.statusText}`,
    ms: Math.round(performance.now() - start),
    headers: [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n'),
    body: json ? JSON.stringify(json, null, 2) : text,
  }
}
