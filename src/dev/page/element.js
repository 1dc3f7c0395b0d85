/** Makes an element. Texts are texts: nothing that a visitor has sent becomes markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(attribute, value)
    else if (value !== undefined && value !== false) made.setAttribute(attribute, value)
  }
  made.append(...children.flat().filter((child) => child !== undefined))
  return made
}

const shown = new WeakMap()

/** Shows a list: an item that has not changed keeps its element, so that what is open and focused stays so. */
export function showList(id, items, keyOf, make) {
  const list = document.getElementById(id)
  const before = shown.get(list) ?? new Map()
  const after = new Map()
  for (const item of items) {
    const key = keyOf(item)
    const text = JSON.stringify(item)
    const known = before.get(key)
    after.set(key, known?.text === text ? known : { text, node: replaced(known, make(item)) })
  }
  const nodes = [...after.values()].map(({ node }) => node)
  if (
    nodes.some((node, index) => list.children[index] !== node) ||
    nodes.length !== list.children.length
  )
    list.replaceChildren(...nodes)
  shown.set(list, after)
}

/** Keeps open what was open. */
function replaced(known, node) {
  const [before, after] = [known?.node.querySelector('details'), node.querySelector('details')]
  if (before?.open && after) after.open = true
  return node
}

/** A time of day, and how far away it is. */
export function moment(at) {
  return element(
    'time',
    { 'data-at': String(at), title: new Date(at).toLocaleString() },
    distance(at),
  )
}

/** Says anew how far away each moment is. */
export function updateMoments() {
  for (const time of document.querySelectorAll('time[data-at]'))
    time.textContent = distance(Number(time.dataset.at))
}

function distance(at) {
  const seconds = Math.round((at - Date.now()) / 1000)
  const words = duration(Math.abs(seconds))
  return seconds > 0 ? `in ${words}` : `${words} ago`
}

export function duration(seconds) {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ]
  for (const [size, unit] of units) {
    const rest = Math.floor((seconds % size) / (size === 86_400 ? 3600 : size === 3600 ? 60 : 1))
    const small = { d: 'h', h: 'min', min: 's' }[unit]
    if (seconds >= size)
      return `${Math.floor(seconds / size)} ${unit}${rest > 0 ? ` ${rest} ${small}` : ''}`
  }
  return `${seconds} s`
}

export function timeOf(at) {
  return new Date(at).toTimeString().slice(0, 8)
}
