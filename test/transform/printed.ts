import type { Shape } from './shape.js'

/** The program that prints what was emitted for each shape, as JSON; one is `subject` or the default. */
export function printer(shapes: readonly Shape[]): string {
  const imports = shapes.map((_, index) => `import * as shape${index} from './shape${index}.js'`)
  const subjects = shapes.map((_, index) => `shape${index}`)
  return `${imports.join('\n')}
const notes = globalThis[Symbol.for('ingot.parameters')]
const absences = ['', ' or undefined', ' or null', ' or default']
const nameOf = (value) =>
  value === undefined ? 'nothing' : typeof value === 'function' ? (value.label ?? value.name) : typeof value
const typeOf = (type) => typeof type === 'function' ? nameOf(type()) : typeof type === 'string' ? type : JSON.stringify(type)
const print = ([name, text, absence, type]) =>
  name + ': ' + text + (type ? ' -> ' + typeOf(type) + absences[absence] : '')
const printed = [${subjects.join(', ')}].map((shape) => {
  const subject = 'subject' in shape ? shape.subject : shape.default
  return notes.get(subject)?.().map(print) ?? null
})
console.log(JSON.stringify(printed))
`
}
