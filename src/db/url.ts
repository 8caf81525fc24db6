/** Whether `text` is a connection string that every driver can take apart: a `%` in a password, say, must be written `%25`. */
export function isDatabaseUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) return false
  try {
    decodeURIComponent(url.username + url.password + url.pathname)
    return true
  } catch {
    return false
  }
}
