import 'reflect-metadata'
import { container, type InjectionToken } from 'tsyringe'
// @ts-expect-error - tsyringe tells which classes it knows in this file only, and ships no types beside it
import { typeInfo as untypedInfo } from 'tsyringe/dist/cjs/dependency-container.js'
import { isMarker, marker } from './marker.js'
import { optional } from './modifiers.js'
import type { Node, Scope } from './node.js'
import type { AnyToken, ClassToken, Marker } from './token.js'

/** What tsyringe's decorators wrote down: for each class the tokens of its constructor. */
const typeInfo = untypedInfo as Map<unknown, readonly unknown[]>

/** How a class or abstract class is registered in tsyringe's container. */
export interface Registration {
  /** The class that stands for it: `register(Store, { useClass: FileStore })`. */
  readonly alias: ClassToken | undefined
  /** Only the container can make it: a factory or a value. */
  readonly isOpaque: boolean
}

/** Whether the class was decorated for tsyringe, registered with it, or named by a registration. */
export function isKnown(target: object): boolean {
  return typeInfo.has(target) || container.isRegistered(target as InjectionToken) || isUsed(target)
}

/** `register(Store, { useClass: FileStore })` says of `FileStore` that it is to be built. */
function isUsed(target: object): boolean {
  for (const [, entries] of registry().entries())
    if (entries.some(({ provider }) => provider.useClass === target)) return true
  return false
}

/** The class from the container itself: what it was registered with. */
export function resolve(target: ClassToken): unknown {
  return container.resolve(target as InjectionToken)
}

/** How the class is registered, if it is. */
export function registrationOf(target: ClassToken): Registration | undefined {
  const entry = entryOf(target)
  if (!entry) return undefined
  const { useClass, useToken } = entry.provider
  const stands = useClass ?? useToken
  const alias =
    typeof stands === 'function' && stands !== target
      ? (stands as unknown as ClassToken)
      : undefined
  return { alias, isOpaque: !alias && useClass !== target }
}

/** `@singleton` lives as long as the application, `@scoped` as long as a request, others per parameter. */
export function scopeOf(target: ClassToken): Scope {
  switch (entryOf(target)?.options.lifecycle) {
    case Lifecycle.Singleton:
      return 'singleton'
    case Lifecycle.ResolutionScoped:
    case Lifecycle.ContainerScoped:
      return 'request'
    default:
      return 'transient'
  }
}

/** tsyringe's `Lifecycle`, which it exports as an ambient enum. */
const Lifecycle = { Singleton: 1, ResolutionScoped: 2, ContainerScoped: 3 } as const

interface Entry {
  readonly provider: { readonly useClass?: unknown; readonly useToken?: unknown }
  readonly options: { readonly lifecycle: number }
}

interface Registry {
  get(token: unknown): Entry | undefined
  entries(): Iterable<[unknown, readonly Entry[]]>
}

/** The container says that a class is registered, but not how; its registry does. */
function registry(): Registry {
  return (container as unknown as { _registry: Registry })._registry
}

function entryOf(target: ClassToken): Entry | undefined {
  return registry().get(target)
}

/**
 * The tokens of a decorated constructor. Classes are asked of our graph; what only tsyringe
 * understands (`@inject('name')`, `@injectAll`, `delay`) becomes a marker that its container resolves.
 */
export function constructorTokens(target: ClassToken): readonly AnyToken[] | undefined {
  const asked = typeInfo.get(target)
  if (!asked?.some(isDescriptor)) return undefined
  return asked.map((one) => {
    const plain = isDescriptor(one) && !('transform' in one) && !one.multiple ? one.token : one
    if (typeof plain !== 'function') return containerMarker(one)
    return isDescriptor(one) && one.isOptional
      ? optional(plain as ClassToken)
      : (plain as ClassToken)
  })
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
function containerMarker(asked: unknown): Marker<unknown> {
  const made = marker('tsyringe', asked)
  const text = `@inject${isMultiple(asked) ? 'All' : ''}(${describeKey(keyOf(asked))})`
  return Object.defineProperty(made, 'toString', { value: () => text })
}

/** How messages write the key under which the container is asked, if a token is one of its own. */
export function containerKey(asked: unknown): string | undefined {
  return isMarker(asked, 'tsyringe') ? describeKey(keyOf(asked.details[0])) : undefined
}

/** The innermost token: a transform wraps one, and `@injectAllWithTransform` wraps it twice. */
function keyOf(asked: unknown): unknown {
  return isDescriptor(asked) && 'token' in asked ? keyOf(asked.token) : asked
}

function isMultiple(asked: unknown): boolean {
  return isDescriptor(asked) && (asked.multiple === true || isMultiple(asked.token))
}

function describeKey(key: unknown): string {
  if (typeof key === 'symbol') return String(key)
  if (typeof key === 'function') return key.name
  return typeof key === 'string' ? `'${key}'` : 'delay(…)'
}

/** Whether the container can resolve what a constructor asks for in tsyringe's own terms. */
export function isContainerToken(asked: Marker<unknown>): boolean {
  if (!isMarker(asked, 'tsyringe')) return false
  const [descriptor] = asked.details
  const key = keyOf(descriptor)
  // A delayed class is looked up when it is first used.
  if (typeof key === 'object' || (isDescriptor(descriptor) && descriptor.isOptional)) return true
  return typeof key === 'function'
    ? isKnown(key)
    : container.isRegistered(key as InjectionToken, true)
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

/**
 * Makes a class at start-up by the container, when all below it is tsyringe's own: `container.resolve`
 * elsewhere gives the same singleton then. Anything else is built with the values our graph chose.
 */
export function elsewhere(node: Node): (() => unknown) | undefined {
  return isContainersOwn(node) ? () => container.resolve(node.token as InjectionToken) : undefined
}

function isContainersOwn(node: Node): boolean {
  return (
    node.provider === 'tsyringe' &&
    node.edges.every((edge) => edge.kind === 'node' && isContainersOwn(edge.node))
  )
}
