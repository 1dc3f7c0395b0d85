/** A piece of source, and what has to be emitted for the function that it exports as `subject` or by default. */
export interface Shape {
  readonly title: string
  readonly code: string
  /** One for each parameter: its name, its type as written, its token, and its value when nothing provides it. */
  readonly notes: readonly string[] | undefined
}

const imports = `import Redis, { Session, Store, Clock, Kind, type Options } from './session.js'
import { Alias } from './session.js'
declare function keep<Value>(value: Value, ...more: unknown[]): Value
`

/** With the imports that most shapes need, and a function that returns its argument. */
export function shape(title: string, code: string, ...notes: string[]): Shape {
  const helper = code.includes('keep(') ? '\nfunction keep(value) { return value }' : ''
  const used = imports.replace(/declare.*\n/, '')
  return { title, code: `${used}${code}${helper}\n`, notes }
}

/** With imports of its own. */
export function alone(title: string, code: string, ...notes: string[]): Shape {
  return { title, code: `${code}\n`, notes }
}

export function untouched(title: string, code: string): Shape {
  return { ...shape(title, code), notes: undefined }
}

export const SESSION = 'session: Session -> Session'
