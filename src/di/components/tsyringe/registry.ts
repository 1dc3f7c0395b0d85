import 'reflect-metadata'
import { container, injectable, type InjectionToken } from 'tsyringe'
// @ts-expect-error - tsyringe tells which classes it knows in this file only, and ships no types beside it
import { typeInfo as untypedInfo } from 'tsyringe/dist/cjs/dependency-container.js'
import type { Node, Scope } from '../../graph/node.js'
import type { ClassToken } from '../../tokens/token.js'

/** What tsyringe's decorators wrote down: for each class the tokens of its constructor. */
export const typeInfo = untypedInfo as Map<unknown, readonly unknown[]>

/**
 * Whether a bundler packed both of tsyringe's builds, `main` and `module`: what its decorators write
 * down in one is not seen in the other.
 */
export const isDoubled = !isSeen(class Probe {})

function isSeen(decorated: new () => unknown): boolean {
  injectable()(decorated)
  return typeInfo.delete(decorated)
}

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

/** What the container was told to give for a token. */
export interface Entry {
  readonly provider: { readonly useClass?: unknown; readonly useToken?: unknown }
  readonly options: { readonly lifecycle: number }
}

interface Registry {
  get(token: unknown): Entry | undefined
  getAll(token: unknown): readonly Entry[]
  entries(): Iterable<[unknown, readonly Entry[]]>
}

/** The container says that a class is registered, but not how; its registry does. */
function registry(): Registry {
  return (container as unknown as { _registry: Registry })._registry
}

/** Everything that was registered for a token. */
export function entriesOf(target: unknown): readonly Entry[] {
  return registry().getAll(target)
}

function entryOf(target: ClassToken): Entry | undefined {
  return registry().get(target)
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
