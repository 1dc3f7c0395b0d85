import { isMarker, marker } from '../../tokens/marker.js'
import { optional } from '../../tokens/modifiers.js'
import type { AnyToken, ClassToken, Marker } from '../../tokens/token.js'
import { constructorInfo, isKnown, isRegistered, tokensBelow } from './registry.js'

/**
 * The tokens of a decorated constructor. Classes are linked in our graph; what only tsyringe
 * understands (`@inject('name')`, `@injectAll`, `delay`) becomes a marker that its container resolves.
 */
export function constructorTokens(target: ClassToken): readonly AnyToken[] | undefined {
  const info = constructorInfo(target)
  if (!info?.some(isDescriptor)) return undefined
  const tokens: AnyToken[] = []
  tokens.length = info.length
  // A class of a module that imports this one back is undefined: a hole, which `ready()` explains.
  info.forEach((one, index) => one !== undefined && (tokens[index] = tokenFor(one)))
  return tokens
}

function tokenFor(injected: unknown): AnyToken {
  const isOne = isDescriptor(injected) && !('transform' in injected) && !injected.multiple
  const plain = isOne ? injected.token : injected
  if (typeof plain !== 'function') return containerToken(injected)
  return isOne && injected.isOptional ? optional(plain as ClassToken) : (plain as ClassToken)
}

interface Descriptor {
  readonly token: unknown
  readonly multiple?: boolean
  readonly isOptional?: boolean
}

function isDescriptor(injected: unknown): injected is Descriptor {
  return typeof injected === 'object' && injected !== null
}

/** A token for what only the container can give; written as it is written in the constructor. */
function containerToken(injected: unknown): Marker<unknown> {
  const made = marker('tsyringe', injected)
  const text = () => `@inject${isMultiple(injected) ? 'All' : ''}(${describeKey(injected)})`
  return Object.defineProperty(made, 'toString', { value: text })
}

function isMultiple(injected: unknown): boolean {
  return isDescriptor(injected) && (injected.multiple === true || isMultiple(injected.token))
}

/** The innermost token: a transform wraps one, and `@injectAllWithTransform` wraps it twice. */
function innermost(injected: unknown): unknown {
  return isDescriptor(injected) && 'token' in injected ? innermost(injected.token) : injected
}

/** The token to ask the container for: a delayed class is the class. */
function keyOf(injected: unknown): unknown {
  const key = innermost(injected)
  return isDelayed(key) ? key.wrap() : key
}

interface Delayed {
  wrap(): unknown
}

function isDelayed(key: unknown): key is Delayed {
  return typeof key === 'object' && key !== null && 'wrap' in key
}

function describeKey(injected: unknown): string {
  const named = nameOf(keyOf(injected))
  return isDelayed(innermost(injected)) ? `delay(() => ${named})` : named
}

function nameOf(key: unknown): string {
  if (typeof key === 'function') return key.name
  return typeof key === 'string' ? `'${key}'` : String(key)
}

/** Whether the container can resolve a token that is written in tsyringe's own terms. */
export function isContainerToken(injected: Marker<unknown>): boolean {
  return isMarker(injected, 'tsyringe') && !strangerIn(injected.details[0])
}

/** What to do about a token of the container that it cannot resolve. */
export function containerRemedy(injected: unknown): string | undefined {
  const stranger = isMarker(injected, 'tsyringe') && strangerIn(injected.details[0])
  if (!stranger) return undefined
  const name = nameOf(stranger.key)
  const register = `container.register(${name}, …)`
  return stranger.key === keyOf(injected.details[0])
    ? `Register it in tsyringe's container before the application is made: ${register}.`
    : `The container makes it without the values of \`components\`, and ${name} below it is not known there: ${register} before the application is made.`
}

interface Stranger {
  readonly key: unknown
}

/**
 * The first thing below a token that is neither registered nor decorated. The container would refuse
 * an unknown name at run time, and would build any class, whatever it is.
 */
function strangerIn(injected: unknown, visited = new Set<unknown>()): Stranger | undefined {
  const key = keyOf(injected)
  if (visited.has(key)) return undefined
  visited.add(key)
  const isGiven = typeof key === 'function' ? isKnown(key) : isRegistered(key)
  if (!isGiven) return isOptionalName(injected, key) ? undefined : { key }
  for (const below of tokensBelow(key)) {
    const stranger = strangerIn(below, visited)
    if (stranger) return stranger
  }
  return undefined
}

function isOptionalName(injected: unknown, key: unknown): boolean {
  return typeof key !== 'function' && isDescriptor(injected) && injected.isOptional === true
}
