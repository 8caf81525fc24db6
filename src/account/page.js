// Sends the token back by PUT, which no program that previews the links of mails does.
const [purpose, token] = location.hash.slice(1).split('=')
const actions = {
  'password-reset': {
    title: 'Choose a new password',
    path: 'password-resets/',
    done: 'Your password is changed, and all sessions have ended. You can sign in now.',
  },
  'email-verification': {
    title: 'Confirm your email address',
    path: 'email-verifications/',
    done: 'Your address is confirmed.',
  },
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
  const response = await fetch(action.path + encodeURIComponent(token), { method: 'PUT', ...init }).catch(
    () => null,
  )
  if (!response) return 'The server cannot be reached. Try again in a moment.'
  if (response.ok) {
    get('form').hidden = true
    history.replaceState(null, '', location.pathname)
    return action.done
  }
  if (response.status === 404) return 'This link was used already or has expired. Ask for a new one.'
  const { detail, errors } = await response
    .json()
    .catch(() => ({ detail: 'Something went wrong. Try again.' }))
  return errors ? `The password ${errors[0].detail}.` : detail
}
