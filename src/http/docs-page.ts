/** The page's skeleton; the script fills it. */
export const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Hearth API</title>
<link rel="stylesheet" href="/docs/page.css">
<header>
  <h1>Hearth <small>users API · <a href="/openapi.json">openapi.json</a></small></h1>
  <label>Token <input id="token" type="password" autocomplete="off" placeholder="sign in below, and it fills itself in"></label>
</header>
<main id="operations">Loading …</main>
<script type="module" src="/docs/page.js"></script>
</html>
`

export const style = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --ember: #d2571e }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
h1 small { font-size: 1rem; font-weight: normal; opacity: .8 }
a { color: var(--ember) }
input, textarea { font: 14px/1.4 ui-monospace, monospace; width: 100%; box-sizing: border-box; padding: .4rem; border: 1px solid var(--line); border-radius: 4px }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0 }
summary { padding: .5rem .8rem; cursor: pointer }
summary b { display: inline-block; width: 4.5rem; color: var(--ember); font-family: ui-monospace, monospace }
summary i { float: right; opacity: .7 }
form { padding: 0 .8rem .8rem; display: grid; gap: .6rem }
label { display: block; font-size: .85rem }
button { justify-self: start; padding: .4rem 1.2rem; border: 0; border-radius: 4px; background: var(--ember); color: #fff; font: inherit; cursor: pointer }
pre { margin: 0; padding: .6rem; overflow: auto; background: color-mix(in srgb, currentColor 7%, transparent); border-radius: 4px }
`

export const script = `const token = document.querySelector('#token')

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

// A value to begin with for a schema of the body.
function example(schema) {
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return example(schema.anyOf[0])
  if (schema.type === 'object') {
    const required = schema.required ?? Object.keys(schema.properties).slice(0, 1)
    return Object.fromEntries(required.map((key) => [key, example(schema.properties[key])]))
  }
  return schema.type === 'boolean' ? false : schema.type === 'integer' ? 1 : ''
}

function field(name, hint) {
  const input = element('input', { name, placeholder: hint ?? '' })
  return element('label', {}, name, input)
}

function operation(path, method, { summary, parameters, requestBody, security, responses }) {
  const schema = requestBody?.content['application/json'].schema
  const body = schema && element('textarea', { rows: 5, value: JSON.stringify(example(schema), null, 2) })
  const output = element('pre', { hidden: true })
  const form = element('form', {}, ...parameters.map(({ name, schema }) => field(name, schema.default ?? schema.enum?.join(' | '))))
  if (body) form.append(element('label', {}, 'body', body))
  form.append(element('small', {}, 'Answers: ' + Object.entries(responses).map(([status, { description }]) => status + ' ' + description).join(' · ')))
  form.append(element('button', {}, 'Send'), output)
  form.onsubmit = async (event) => {
    event.preventDefault()
    const values = new FormData(form)
    const query = new URLSearchParams()
    let url = path
    for (const { name, in: where } of parameters) {
      const value = values.get(name)
      if (where === 'path') url = url.replace('{' + name + '}', encodeURIComponent(value))
      else if (value) query.set(name, value)
    }
    const headers = { ...(token.value && { Authorization: 'Bearer ' + token.value }), ...(body && { 'Content-Type': 'application/json' }) }
    output.hidden = false
    output.textContent = '…'
    try {
      const response = await fetch(url + (query.size ? '?' + query : ''), { method, headers, body: body?.value })
      const text = await response.text()
      const json = text && response.headers.get('content-type').includes('json') ? JSON.parse(text) : undefined
      if (json?.token) token.value = json.token
      output.textContent = response.status + ' ' + response.statusText + '\\n' + (json ? JSON.stringify(json, null, 2) : text)
    } catch (error) {
      output.textContent = 'No answer: ' + error.message
    }
  }
  const title = element('summary', {}, element('b', {}, method), path, element('i', {}, summary, security ? ' 🔒' : ''))
  return element('details', {}, title, form)
}

const response = await fetch('/openapi.json')
const { paths } = await response.json()
document.querySelector('#operations').replaceChildren(
  ...Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, description]) => operation(path, method.toUpperCase(), description)),
  ),
)
`
