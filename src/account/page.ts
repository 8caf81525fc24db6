/** The page that the links in mails lead to. The token is in the fragment, which the browser sends to no server. */
export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>Your account</title>
<link rel="stylesheet" href="account/page.css">
<script type="module" src="account/page.js"></script>
</head>
<body>
<main>
<h1 id="title">Your account</h1>
<form id="form" hidden>
<label id="field" for="password">New password</label>
<input id="password" type="password" autocomplete="new-password" required>
<button id="send">Save</button>
</form>
<p id="message" role="status">Open the link of a mail to choose a new password or to confirm an address.</p>
</main>
</body>
</html>
`

/** The page's style. */
export const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 24rem; margin: 10vh auto; padding: 0 1rem }
h1 { font-size: 1.5rem }
form { display: grid; gap: .5rem }
[hidden] { display: none }
input, button { font: inherit; padding: .5rem; min-height: 2.75rem }
`

/** The page's script: it sends the token back by PUT, which no program that looks at links in mails does. */
export const script = `
const [purpose, token] = location.hash.slice(1).split('=')
const actions = {
  'password-reset': { title: 'Choose a new password', path: 'password-resets/', done: 'Your password is changed, and all sessions have ended. You can sign in now.' },
  'email-verification': { title: 'Confirm your email address', path: 'email-verifications/', done: 'Your address is confirmed.' },
}
const get = (id) => document.getElementById(id)
const action = actions[purpose]
if (action && token) {
  get('title').textContent = document.title = action.title
  get('message').textContent = ''
  get('form').hidden = false
  const isReset = purpose === 'password-reset'
  if (!isReset) {
    get('field').hidden = get('password').hidden = true
    get('password').required = false
    get('send').textContent = 'Confirm'
  }
  get('form').addEventListener('submit', async (event) => {
    event.preventDefault()
    get('send').disabled = true
    get('message').textContent = 'One moment …'
    get('message').textContent = await send(isReset ? { newPassword: get('password').value } : undefined)
    get('send').disabled = false
  })
}

async function send(body) {
  const init = body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(action.path + encodeURIComponent(token), { method: 'PUT', ...init }).catch(() => null)
  if (!response) return 'The server cannot be reached. Try again in a moment.'
  if (response.ok) {
    get('form').hidden = true
    history.replaceState(null, '', location.pathname)
    return action.done
  }
  if (response.status === 404) return 'This link was used already or has expired. Ask for a new one.'
  const { detail, errors } = await response.json().catch(() => ({ detail: 'Something went wrong. Try again.' }))
  return errors ? 'The password ' + errors[0].detail + '.' : detail
}
`
