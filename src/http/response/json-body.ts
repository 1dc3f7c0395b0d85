/**
 * The JSON text of a value.
 *
 * @throws TypeError for what has no JSON form, and for what JSON would make `{}` of without a word, such as a
 * `Map`, at any depth.
 */
export function jsonOf(value: unknown): string {
  refuse(value)
  const json = textOf(value)
  if (json === undefined) throw new TypeError(withoutJson(value))
  // Looking at each value takes longer than writing it, so it is done only when one may be lost.
  if (json.includes('{}')) JSON.stringify(value, refuseEmpty)
  return json
}

/** A database may give the one number that JSON has no form for; other errors are those of a `toJSON`. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (error) {
    JSON.stringify(value, refuseBigInt)
    throw error
  }
}

function refuseBigInt(key: string, value: unknown): unknown {
  if (typeof value === 'bigint')
    throw new TypeError(
      `${key === '' ? 'A handler returned' : 'What a handler returned contains'} a bigint, which has no JSON form. Return String(value), or Number(value) where it is small.`,
    )
  return value
}

function withoutJson(value: unknown): string {
  const told = `A handler returned a ${typeof value}, which has no JSON form`
  return typeof value === 'function'
    ? `${told}. A middleware is made by a call, such as csrfTokenGuard().`
    : told
}

/** An error may have fields, but its message is none of them, and a client must not see its cause. */
function refuse(value: unknown): void {
  if (value instanceof Error || Object.prototype.toString.call(value) === '[object Error]')
    throw new TypeError('A handler returned an Error. Throw it; HttpError has a status.')
}

function refuseEmpty(key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !isLost(value)) return value
  const place = key === '' ? 'A handler returned' : 'What a handler returned contains'
  const name = nameOf(value)
  throw new TypeError(
    `${place} ${name}, which JSON writes as {}. ${REMEDIES.get(name) ?? 'Give the class a toJSON(), or return its parts.'}`,
  )
}

/** A plain object is empty by intent; anything else that has no field of its own keeps what it holds inside. */
function isLost(value: object): boolean {
  if (Array.isArray(value) || Object.keys(value).length > 0) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Nothing stands above the prototype of a plain object, of any realm.
  return prototype !== null && Object.getPrototypeOf(prototype) !== null
}

function nameOf(value: object): string {
  const name: unknown = value.constructor?.name
  const isKnown = typeof name === 'string' && name !== '' && name !== 'Object'
  return isKnown ? `a ${name}` : 'an object of a class without a name'
}

const REMEDIES = new Map([
  ['a Map', 'Return Object.fromEntries(map), or [...map].'],
  ['a Set', 'Return [...set].'],
  ['a Headers', 'Return Object.fromEntries(headers), or set them with Reply.'],
  ['a URLSearchParams', 'Return Object.fromEntries(parameters).'],
  ['a FormData', 'Return Object.fromEntries(form).'],
  ['a Promise', 'Await it first.'],
])
