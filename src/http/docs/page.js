import { element, prose } from './dom.js'
import { operationPart, schemaPart } from './operation.js'
import { session } from './request.js'

const find = (selector) => document.querySelector(selector)
const address = new URL('openapi.json', location.href)
const api = await (await fetch(address)).json()
const base = new URL(`${api.servers[0].url}/`, address)

const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    path,
    base,
    method: method.toUpperCase(),
  })),
)
const groups = Object.entries(Object.groupBy(operations, ({ tags: [tag] }) => tag)).map(([tag, members]) => ({
  title: tag,
  parts: members.map((operation) => [`${operation.method} ${operation.path}`, operationPart(operation, api)]),
}))
groups.push({
  title: 'Schemas',
  parts: Object.entries(api.components.schemas).map(([name, schema]) => [
    name,
    schemaPart(name, schema, api),
  ]),
})

document.title = `${api.info.title} API`
find('h1').textContent = document.title
find('#about').append(
  ...prose(`${api.info.description} `),
  element('a', { href: 'openapi.json' }, 'openapi.json'),
)

for (const { title, parts } of groups) {
  const links = parts.map(([name, part]) =>
    element('li', {}, element('a', { href: `#${part.id}` }, element('code', {}, name))),
  )
  find('#contents').append(element('section', {}, element('h2', {}, title), element('ul', {}, links)))
  find('main').append(
    element(
      'section',
      {},
      element('h2', {}, title),
      parts.map(([, part]) => part),
    ),
  )
}

// Search hides what does not have all of its words, in the page and in the contents.
const search = find('#search')
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\s+/)
  let found = 0
  for (const { parts } of groups) {
    for (const [name, part] of parts) {
      const text = `${name} ${part.id} ${part.firstChild.textContent}`.toLowerCase()
      const isFound = words.every((word) => text.includes(word))
      part.hidden = find(`a[href="#${part.id}"]`).parentElement.hidden = !isFound
      found += isFound
    }
  }
  for (const section of document.querySelectorAll('section'))
    section.hidden = !section.querySelector('li:not([hidden]), details:not([hidden])')
  find('#found').textContent = search.value ? `${found} found` : ''
})
addEventListener('keydown', (event) => {
  if (event.key === '/' && !/INPUT|SELECT/.test(event.target.tagName)) {
    event.preventDefault()
    search.focus()
  }
  if (event.key === 'Escape' && event.target === search) {
    search.value = ''
    search.dispatchEvent(new Event('input'))
  }
})

// A link to a part opens it; opening a part makes its link the address.
function open() {
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (part?.tagName !== 'DETAILS') return
  part.open = true
  part.scrollIntoView()
  part.firstChild.focus({ preventScroll: true })
}
addEventListener('hashchange', open)
find('main').addEventListener(
  'toggle',
  ({ target }) => target.open && target.id && history.replaceState(null, '', `#${target.id}`),
  true,
)
open()

const field = find('#session').elements.token
const show = () => {
  field.value = session.token
}
field.addEventListener('input', () => {
  session.token = field.value.trim()
})
find('#session').addEventListener('submit', (event) => {
  event.preventDefault()
  session.token = ''
})
addEventListener('token', show)
show()
