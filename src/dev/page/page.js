import { element, showList, timeOf, updateMoments } from './element.js'
import { requestItem } from './requests.js'
import { sessionItem } from './sessions.js'

let isAsking = false
let isStale = false

/** Asks for the state, once for all changes that come meanwhile. */
async function refresh() {
  isStale = true
  if (isAsking) return
  isAsking = true
  while (isStale) {
    isStale = false
    const response = await fetch('state').catch(() => undefined)
    if (response?.ok) show(await response.json())
  }
  isAsking = false
}

function show({ program, findings, requests, events, sessions, own }) {
  showProgram(program)
  showList('finding-list', findings, ({ title, why }) => title + why, findingItem)
  showList('request-list', requests, ({ id }) => id, requestItem)
  const marked = sessions.map((session) => ({ ...session, isOwn: own.includes(session.key) }))
  const ordered = [...marked.filter(({ isOwn }) => isOwn), ...marked.filter(({ isOwn }) => !isOwn)]
  showList('session-list', ordered, ({ key }) => key, sessionItem)
  const numbered = events.map((event, index) => ({ ...event, number: events.length - index }))
  showList('event-list', numbered, ({ number, at }) => `${number} ${at}`, eventItem)
  showList(
    'note-list',
    program.notes,
    (note) => note,
    (note) => element('li', {}, note),
  )
  const routes = program.routes.map((name) => ({ name, run: program.run }))
  showList('route-list', routes, ({ name }) => name, routeItem)
}

function showProgram({ status, url, problem, changed, run }) {
  const line = document.getElementById('program')
  const began = changed === undefined ? '' : ` Reload ${run - 1}: ${changed} changed.`
  if (status === 'running' && url !== undefined)
    line.replaceChildren('Runs at ', element('a', { href: url }, url), `.${began}`)
  else if (status === 'running') line.replaceChildren(`Runs.${began}`)
  else if (status === 'starting') line.replaceChildren('Starts…')
  else line.replaceChildren(element('span', { class: 'bad' }, 'Does not run.'))
  const reason = document.getElementById('problem')
  reason.textContent = problem ?? ''
  reason.hidden = problem === undefined
}

function findingItem({ title, why, remedy, at, count }) {
  const times = count > 1 ? `${count} times, last at ${timeOf(at)}` : timeOf(at)
  return element(
    'li',
    { class: 'finding' },
    element('p', {}, element('strong', {}, title), ' ', element('span', { class: 'quiet' }, times)),
    element('p', {}, why),
    element('p', {}, remedy),
  )
}

function eventItem({ at, type, reason, store, session, operation }) {
  const about = session === undefined ? '' : ` session ${session}`
  const during = operation === undefined ? '' : ` in ${operation}`
  return element(
    'li',
    {},
    element('span', { class: 'code' }, `${timeOf(at)} ${type}: ${reason}${during}`),
    element('span', { class: 'quiet' }, ` ${store}${about}`),
  )
}

function routeItem({ name, run }) {
  const plan = element('div')
  const load = async ({ currentTarget }) => {
    if (!currentTarget.open || plan.childElementCount > 0) return
    const query = new URLSearchParams({ route: name, run: String(run) })
    const response = await fetch(`plan?${query}`)
    const words = element('pre', { tabindex: '0', 'aria-label': `The plan of ${name}` })
    words.textContent = await response.text()
    const picture = element('img', {
      src: `picture?${query}`,
      alt: `What ${name} is injected with`,
    })
    const region = {
      class: 'scroll',
      tabindex: '0',
      role: 'region',
      'aria-label': `Picture of ${name}`,
    }
    plan.replaceChildren(element('div', region, picture), words)
  }
  return element('li', {}, element('details', { toggle: load }, element('summary', {}, name), plan))
}

setInterval(updateMoments, 1000)
const changes = new EventSource('changes')
changes.addEventListener('message', () => void refresh())
changes.addEventListener('error', () => {
  document.getElementById('program').textContent =
    'ingot dev has ended. This page connects again when it runs.'
})
