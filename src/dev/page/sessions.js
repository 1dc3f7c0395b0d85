import { duration, element, moment } from './element.js'

const BUTTONS = [
  ['age', 'Age by 10 min', 'Sets all its times back'],
  ['expire', 'Expire', 'Sets its times back by as much as its idle timeout'],
  ['revoke', 'Revoke', 'Deletes it, as a logout elsewhere does'],
  ['damage', 'Damage', 'Makes what is stored unreadable'],
]

/** A session: its times, its limits, its keys, and what can be done to it. */
export function sessionItem(session) {
  const { key, store, userId, isOwn, end, keys } = session
  const bytes = keys.reduce((sum, each) => sum + each.bytes, 0)
  const values = element('pre', {
    hidden: 'hidden',
    tabindex: '0',
    'aria-label': `Values of ${key}`,
  })
  return element(
    'li',
    { 'data-session': key },
    element(
      'details',
      {},
      element(
        'summary',
        {},
        `${key} `,
        isOwn ? element('span', { class: 'own' }, 'this browser') : undefined,
        ` ${store}, ${keys.length} keys, ${bytes} bytes`,
        userId === undefined ? undefined : `, user ${userId}`,
        end ? element('span', { class: 'bad' }, ` ended: ${end.why}`) : undefined,
      ),
      element('p', {}, ...timesOf(session)),
      keys.length > 0 ? keyTable(key, keys) : undefined,
      element('button', { type: 'button', click: () => showValues(key, values) }, 'Show values'),
      ...BUTTONS.map(([what, text, title]) =>
        element('button', { type: 'button', title, click: () => act(key, what) }, text),
      ),
      values,
    ),
  )
}

function timesOf(session) {
  const { createdAt, seenAt, authenticatedAt, expiresAt, limitAt } = session
  const times = [
    ['began ', createdAt],
    ['activity noted ', seenAt],
    ['logged in ', authenticatedAt],
    ['expires when nothing happens ', expiresAt],
    ['expires in any case ', limitAt],
  ]
  const said = times
    .filter(([, at]) => at !== undefined)
    .flatMap(([text, at], index) => [`${index === 0 ? '' : ', '}${text}`, moment(at)])
  const { idleTimeout, absoluteTimeout, lifetime } = session
  if (lifetime !== undefined) return [...said, `. Remembered for ${duration(lifetime)}.`]
  if (idleTimeout === undefined) return ['Its store decides when it ends.']
  const limits = `idle ${duration(idleTimeout)}, absolute ${duration(absoluteTimeout)}`
  return [...said, `. Limits: ${limits}.`]
}

function keyTable(key, keys) {
  const rows = keys.map(({ name, isFlash, bytes }) =>
    element(
      'tr',
      {},
      element('td', { class: 'code' }, isFlash ? `${name} (flash)` : name),
      element('td', { class: 'number' }, `${bytes} bytes`),
    ),
  )
  const head = ['Key', 'Size'].map((text) => element('th', { scope: 'col' }, text))
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  )
  const region = { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Keys of ${key}` }
  return element('div', region, table)
}

async function showValues(key, pre) {
  const { values, refused } = await ask(key, 'values')
  const lines = Object.entries(values ?? {}).map(([name, text]) => `${name}: ${text}`)
  pre.textContent = refused ?? (lines.join('\n') || 'It has no keys.')
  pre.hidden = false
}

async function act(key, what) {
  const { refused } = await ask(key, what)
  const [, text] = BUTTONS.find(([known]) => known === what)
  const done = `${text}: done to ${key}. Make a request to see what the application does.`
  document.getElementById('answer').textContent = refused ?? done
}

async function ask(session, what) {
  const response = await fetch('session', {
    method: 'POST',
    body: new URLSearchParams({ session, what }),
  })
  if (response.ok) return response.json()
  return { refused: `ingot dev answered ${response.status}.` }
}
