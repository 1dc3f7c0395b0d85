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

/** Whether the class carries `@injectable`, `@singleton` or `@scoped`. */
export function isDecorated(target: object): boolean {
  return typeInfo.has(target)
}

/** Whether the class was decorated for, or registered with, tsyringe. */
export function isKnown(target: object): boolean {
  return typeInfo.has(target) || container.isRegistered(target as InjectionToken)
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

/** The container says that a class is registered, but not how; its registry does. */
function entryOf(target: ClassToken): Entry | undefined {
  return (
    container as unknown as { _registry: { get(token: unknown): Entry | undefined } }
  )._registry.get(target)
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
    if (typeof plain !== 'function') return marker('tsyringe', one)
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

/** Whether the container can resolve what a constructor asks for in tsyringe's own terms. */
export function isContainerToken(asked: Marker<unknown>): boolean {
  if (!isMarker(asked, 'tsyringe')) return false
  const descriptor = asked.details[0] as Descriptor
  if (!('token' in descriptor) || descriptor.isOptional) return true
  return (
    typeof descriptor.token === 'object' ||
    container.isRegistered(descriptor.token as InjectionToken, true)
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

/**
 * Builds a decorated class at start-up. When all below it is tsyringe's own, its container makes it,
 * and `container.resolve` elsewhere gives the same singleton; else a child container that holds the
 * values our graph chose.
 */
export function build(target: ClassToken, values: readonly unknown[], node: Node): unknown {
  if (isContainersOwn(node)) return container.resolve(target as InjectionToken)
  const child = container.createChildContainer()
  typeInfo.get(target)?.forEach((asked, index) => {
    const plain = isDescriptor(asked) ? asked.token : asked
    if (typeof plain === 'function')
      child.register(plain as never, { useValue: values[index] as never })
  })
  child.register(target as never, { useClass: target as never })
  return child.resolve(target as InjectionToken)
}

function isContainersOwn(node: Node): boolean {
  return (
    node.provider === 'tsyringe' &&
    container.isRegistered(node.token as InjectionToken) &&
    node.edges.every((edge) => edge.kind === 'node' && isContainersOwn(edge.node))
  )
}
