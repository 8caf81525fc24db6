/** Makes an element. Text becomes a text node, so nothing from the document is read as HTML. */
export function element(tag, properties = {}, ...children) {
  const { data = {}, ...rest } = properties
  const made = Object.assign(document.createElement(tag), rest)
  for (const [name, value] of Object.entries(data)) made.setAttribute(name, value)
  made.append(
    ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== ''),
  )
  return made
}

/** Turns the `code` of a description into elements. */
export const prose = (text = '') =>
  text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? element('code', {}, part) : part))

/** A table with a row for each of `rows`, which are lists of cells. */
export const table = (headings, rows) =>
  element(
    'table',
    {},
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        headings.map((text) => element('th', { scope: 'col' }, text)),
      ),
    ),
    element(
      'tbody',
      {},
      rows.map((cells) =>
        element(
          'tr',
          {},
          cells.map((cell) => element('td', {}, cell)),
        ),
      ),
    ),
  )

/** A part that opens, with `content` built when it first does. */
export function disclosure(id, title, content) {
  const body = element('div')
  const made = element('details', { id }, element('summary', {}, title), body)
  made.addEventListener(
    'toggle',
    () => made.open && !body.firstChild && body.append(...content().filter(Boolean)),
  )
  return made
}
