import { element, timeOf } from './element.js'

/** A request with its steps, each where it stands in time. */
export function requestItem(request) {
  const { at, method, path, route, status, duration, steps } = request
  const name = `${method} ${path}`
  if (status === undefined)
    return element('li', {}, element('span', { class: 'code' }, `${timeOf(at)} ${name} … runs`))
  const isBad = status >= 400
  const result = element('span', { class: isBad ? 'bad' : undefined }, String(status))
  const title = [`${timeOf(at)} ${name} → `, result, ` in ${round(duration)} ms`]
  const place =
    route === undefined ? 'No route has this path, or none of its method.' : `Route ${route}.`
  return element(
    'li',
    {},
    element(
      'details',
      {},
      element('summary', {}, ...title),
      element('p', {}, place),
      steps.length > 0 ? stepTable(name, steps, duration) : undefined,
    ),
  )
}

function stepTable(name, steps, duration) {
  const ordered = [...steps].sort(
    (one, other) => one.beganAt - other.beganAt || other.duration - one.duration,
  )
  const head = ['Step', 'What it is', 'Began', 'Took', 'When'].map((text) =>
    element('th', { scope: 'col' }, text),
  )
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Steps of ${name}` },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...ordered.map((step) => stepRow(step, duration))),
    ),
  )
}

function stepRow({ label, role, scope, beganAt, duration, error }, whole) {
  const bar = element('div', { class: 'bar' })
  // Not by an attribute: the content security policy refuses those.
  bar.style.marginLeft = `${(100 * beganAt) / whole}%`
  bar.style.width = `${(100 * duration) / whole}%`
  const failed =
    error === undefined ? [] : [element('br'), element('span', { class: 'bad' }, error)]
  return element(
    'tr',
    {},
    element('td', { class: 'code' }, label, ...failed),
    element('td', {}, role === 'value' ? scope : role),
    element('td', { class: 'number' }, `${round(beganAt)} ms`),
    element('td', { class: 'number' }, `${round(duration)} ms`),
    element('td', { class: 'time' }, bar),
  )
}

function round(milliseconds) {
  return milliseconds < 10 ? milliseconds.toFixed(2) : String(Math.round(milliseconds))
}
