import { container, type InjectionToken } from 'tsyringe'
import { isMarker, marker } from '../../tokens/marker.js'
import { optional } from '../../tokens/modifiers.js'
import type { AnyToken, ClassToken, Marker } from '../../tokens/token.js'
import { entriesOf, isKnown, typeInfo, type Entry } from './registry.js'

/**
 * The tokens of a decorated constructor. Classes are asked of our graph; what only tsyringe
 * understands (`@inject('name')`, `@injectAll`, `delay`) becomes a marker that its container resolves.
 */
export function constructorTokens(target: ClassToken): readonly AnyToken[] | undefined {
  const asked = typeInfo.get(target)
  if (!asked?.some(isDescriptor)) return undefined
  const tokens: AnyToken[] = []
  tokens.length = asked.length
  // A class of a module that imports this one back was undefined: a hole, for `ready()` to explain.
  asked.forEach((one, index) => one !== undefined && (tokens[index] = tokenFor(one)))
  return tokens
}

function tokenFor(asked: unknown): AnyToken {
  const isOne = isDescriptor(asked) && !('transform' in asked) && !asked.multiple
  const plain = isOne ? asked.token : asked
  if (typeof plain !== 'function') return containerToken(asked)
  return isOne && asked.isOptional ? optional(plain as ClassToken) : (plain as ClassToken)
}

interface Descriptor {
  readonly token: unknown
  readonly multiple?: boolean
  readonly isOptional?: boolean
}

function isDescriptor(asked: unknown): asked is Descriptor {
  return typeof asked === 'object' && asked !== null
}

/** A token for what only the container can give; written as it is written in the constructor. */
function containerToken(asked: unknown): Marker<unknown> {
  const made = marker('tsyringe', asked)
  const text = () => `@inject${isMultiple(asked) ? 'All' : ''}(${describeKey(asked)})`
  return Object.defineProperty(made, 'toString', { value: text })
}

function isMultiple(asked: unknown): boolean {
  return isDescriptor(asked) && (asked.multiple === true || isMultiple(asked.token))
}

/** The innermost token: a transform wraps one, and `@injectAllWithTransform` wraps it twice. */
function innermost(asked: unknown): unknown {
  return isDescriptor(asked) && 'token' in asked ? innermost(asked.token) : asked
}

/** What the container is asked for: a delayed class is the class. */
function keyOf(asked: unknown): unknown {
  const key = innermost(asked)
  return isDelayed(key) ? key.wrap() : key
}

interface Delayed {
  wrap(): unknown
}

function isDelayed(key: unknown): key is Delayed {
  return typeof key === 'object' && key !== null && 'wrap' in key
}

function describeKey(asked: unknown): string {
  const named = nameOf(keyOf(asked))
  return isDelayed(innermost(asked)) ? `delay(() => ${named})` : named
}

function nameOf(key: unknown): string {
  if (typeof key === 'function') return key.name
  return typeof key === 'string' ? `'${key}'` : String(key)
}

/** Whether the container can resolve what a constructor asks for in tsyringe's own terms. */
export function isContainerToken(asked: Marker<unknown>): boolean {
  return isMarker(asked, 'tsyringe') && !strangerIn(asked.details[0])
}

/** What to do about a token that is one of the container's, and that it cannot resolve. */
export function containerRemedy(asked: unknown): string | undefined {
  const stranger = isMarker(asked, 'tsyringe') && strangerIn(asked.details[0])
  if (!stranger) return undefined
  const name = nameOf(stranger.key)
  const register = `container.register(${name}, …)`
  return stranger.key === keyOf(asked.details[0])
    ? `Register it in tsyringe's container before the application is made: ${register}.`
    : `The container makes it without the values of \`components\`, and ${name} below it is not known there: ${register} before the application is made.`
}

interface Stranger {
  readonly key: unknown
}

/**
 * The first thing below a token that nobody registered or decorated. The container would give nothing
 * for a name, but build any class without asking what it is.
 */
function strangerIn(asked: unknown, visited = new Set<unknown>()): Stranger | undefined {
  const key = keyOf(asked)
  if (visited.has(key)) return undefined
  visited.add(key)
  const isGiven = typeof key === 'function' ? isKnown(key) : isRegistered(key)
  if (!isGiven) return isOptionalName(asked, key) ? undefined : { key }
  for (const below of neededFor(key)) {
    const stranger = strangerIn(below, visited)
    if (stranger) return stranger
  }
  return undefined
}

function isOptionalName(asked: unknown, key: unknown): boolean {
  return typeof key !== 'function' && isDescriptor(asked) && asked.isOptional === true
}

function isRegistered(key: unknown): boolean {
  return container.isRegistered(key as InjectionToken, true)
}

/** What the container needs to give a value: what a constructor asks for, or another token. */
function neededFor(key: unknown): readonly unknown[] {
  const entries = entriesOf(key)
  if (entries.length === 0) return typeInfo.get(key) ?? []
  return entries.flatMap(({ provider }: Entry) =>
    provider.useToken === undefined ? (typeInfo.get(provider.useClass) ?? []) : [provider.useToken],
  )
}

/** Resolves it the way tsyringe does for a constructor: through one that asks for nothing else. */
export function resolveContainerToken(asked: Marker<unknown>): unknown {
  class Holder {
    readonly value: unknown
    constructor(value: unknown) {
      this.value = value
    }
  }
  typeInfo.set(Holder, asked.details)
  try {
    return container.resolve(Holder).value
  } finally {
    typeInfo.delete(Holder)
  }
}
