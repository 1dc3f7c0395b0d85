import 'reflect-metadata'
import { container, injectable, type InjectionToken } from 'tsyringe'
// @ts-expect-error - tsyringe keeps what its decorators record in this file only, and ships no types beside it
import * as untypedInternals from 'tsyringe/dist/cjs/dependency-container.js'
import { isMarker } from '../../tokens/marker.js'
import type { ClassToken, Token } from '../../tokens/token.js'
import type { Scope } from '../component.js'

/**
 * What tsyringe's decorators record: the tokens of each class's constructor. Its public API does not
 * say whether a class is decorated with `@injectable()`. Without this map only classes that are
 * registered count as decorated, and only compiled types are known of their constructors.
 */
const typeInfo = (untypedInternals as { typeInfo?: Map<unknown, readonly unknown[]> }).typeInfo

/**
 * Whether a bundler packed both of tsyringe's builds, `main` and `module`: what decorators record in
 * one is not in the other.
 */
export const isDoubled = !isSeen(class Probe {})

function isSeen(decorated: new () => unknown): boolean {
  injectable()(decorated)
  return typeInfo?.delete(decorated) ?? true
}

/** The folders of the copies of tsyringe that this process has loaded, as far as Node tells. */
export function loadedFrom(): string[] {
  const module = globalThis.process?.getBuiltinModule?.('node:module')
  const cache = module?.createRequire(import.meta.url).cache ?? {}
  const folders = Object.keys(cache).flatMap(
    (path) => /^(.*tsyringe)[\\/]dist[\\/]cjs[\\/]index\.js$/.exec(path)?.[1] ?? [],
  )
  return [...new Set(folders)]
}

/** The tokens of a decorated constructor, in tsyringe's terms. */
export function constructorInfo(target: unknown): readonly unknown[] | undefined {
  if (typeInfo) return typeInfo.get(target)
  // Decorating writes the tokens of `@inject` into this list, too.
  return typeof target === 'function' && container.isRegistered(target as InjectionToken)
    ? (Reflect.getMetadata('design:paramtypes', target) as unknown[] | undefined)
    : undefined
}

/** How a class or abstract class is registered in tsyringe's container. */
export interface Registration {
  /** The class that stands for it: `register(Store, { useClass: FileStore })`. */
  readonly alias: ClassToken | undefined
  /** Only the container can make it: a factory or a value. */
  readonly isOpaque: boolean
  /** How long what the container gives may be kept. */
  readonly scope: Scope
}

/** Whether the class was decorated for tsyringe, registered with it, or named by a registration. */
export function isKnown(target: object): boolean {
  return (
    constructorInfo(target) !== undefined ||
    container.isRegistered(target as InjectionToken) ||
    isUsed(target)
  )
}

/** `register(Store, { useClass: FileStore })` registers `FileStore` as well. */
function isUsed(target: object): boolean {
  for (const [, entries] of registry?.entries() ?? [])
    if (entries.some(({ provider }) => provider.useClass === target)) return true
  return false
}

/** The value of a token from the container itself, as it would give it to a constructor. */
export function resolve(token: Token): unknown {
  if (!isMarker(token)) return containerOf(token).resolve(token as InjectionToken)
  class Holder {
    readonly value: unknown
    constructor(value: unknown) {
      this.value = value
    }
  }
  Reflect.defineMetadata('design:paramtypes', [...token.details], Holder)
  injectable()(Holder)
  return container.resolve(Holder).value
}

/** A class that lives as long as a container gets a container of its own, where its constructor is not built by us. */
function containerOf(token: Token): typeof container {
  return !registry && isContainerScoped(token) ? container.createChildContainer() : container
}

/** How the class is registered, if it is. */
export function registrationOf(target: ClassToken): Registration | undefined {
  if (!container.isRegistered(target as InjectionToken)) return undefined
  if (!registry) {
    // A singleton of the container is the same each time it is asked for.
    const scope = isContainerScoped(target) ? 'request' : 'transient'
    return { alias: undefined, isOpaque: true, scope }
  }
  const { useClass, useToken } = registry.get(target)!.provider
  const substitute = useClass ?? useToken
  const alias =
    // tsyringe's `constructor<T>` is a class as well, written in another way.
    typeof substitute === 'function' && substitute !== target
      ? (substitute as unknown as ClassToken)
      : undefined
  return { alias, isOpaque: !alias && useClass !== target, scope: 'singleton' }
}

/** A child container has the registrations that live as long as a container, and no others. */
function isContainerScoped(token: Token): boolean {
  return container.createChildContainer().isRegistered(token as InjectionToken)
}

/** `@singleton` lives as long as the application, `@scoped` as long as a request, others per parameter. */
export function scopeOf(target: ClassToken): Scope {
  switch (registry?.get(target)?.options.lifecycle) {
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

/** One registration of a token. */
interface Entry {
  readonly provider: { readonly useClass?: unknown; readonly useToken?: unknown }
  readonly options: { readonly lifecycle: number }
}

interface Registry {
  get(token: unknown): Entry | undefined
  getAll(token: unknown): readonly Entry[]
  entries(): Iterable<[unknown, readonly Entry[]]>
}

/**
 * How tokens are registered. The container's public API says only that they are, so that a
 * `@singleton()` class could not be built with values of our graph. Without it the container makes
 * what is registered, from its own values.
 */
const registry = (container as unknown as { _registry?: Registry })._registry

/** What the container needs to give a value: what a constructor asks for, or another token. */
export function tokensBelow(key: unknown): readonly unknown[] {
  const entries = registry?.getAll(key) ?? []
  if (entries.length === 0) return constructorInfo(key) ?? []
  return entries.flatMap(({ provider }) =>
    provider.useToken === undefined
      ? (constructorInfo(provider.useClass) ?? [])
      : [provider.useToken],
  )
}

/** Whether a name is registered. */
export function isRegistered(key: unknown): boolean {
  return container.isRegistered(key as InjectionToken)
}
