import type { Node } from '../graph/node.js'
import type { ClassToken } from '../tokens/token.js'

/** Ends a value. */
export type Dispose = (value: unknown) => unknown

/**
 * How the values of a node are ended: as its component says, else as their class says. A factory may
 * give back what others own, so `isOfClass` asks the caller to look.
 */
export function disposalOf(node: Node): { dispose: Dispose; isOfClass: boolean } | undefined {
  const { component } = node
  if (node.isGiven) return undefined
  if (component?.dispose) return { dispose: (value) => component.dispose!(value), isOfClass: false }
  const prototype: unknown = classOf(node)?.prototype
  if (!isObject(prototype)) return undefined
  const dispose = methodOf(prototype, node)
  return dispose && { dispose, isOfClass: true }
}

/** How a singleton is ended: its value exists, so that it is asked itself. */
export function disposeSingleton(node: Node, value: unknown): unknown {
  return isObject(value) ? methodOf(value, node)?.(value) : undefined
}

/** `Symbol.asyncDispose` before `Symbol.dispose`, as `await using` has it; tsyringe's classes have `dispose`. */
function methodOf(value: object, node: Node): Dispose | undefined {
  if (Symbol.asyncDispose in value) return (one) => (one as AsyncDisposable)[Symbol.asyncDispose]()
  if (Symbol.dispose in value) return (one) => (one as Disposable)[Symbol.dispose]()
  if (!isClassOfTsyringe(node) || !('dispose' in value) || typeof value.dispose !== 'function')
    return undefined
  return (one) => (one as { dispose(): unknown }).dispose()
}

/** A class, or one that is registered for another; what a registered factory or value gives is its own. */
function isClassOfTsyringe({ provider, callable, edges }: Node): boolean {
  return provider === 'tsyringe' && (callable.kind === 'constructor' || edges.length > 0)
}

/** The class of a node's values, as far as it is known before there is one. */
function classOf({ callable, token, scope, component }: Node): ClassToken | undefined {
  if (!component || scope === 'singleton') return undefined
  if (callable.kind === 'constructor') return callable.fn as ClassToken
  return typeof token === 'function' ? token : undefined
}

/** Who keeps an object for longer than a request. It is ended when the last of them lets it go. */
const keepers = new WeakMap<object, Set<object>>()

/** Stands for the application's own code, which gave a value and never lets it go. */
const GIVER = {}

/** Notes who keeps a value. @returns whether they did not keep it before. */
export function keep(value: unknown, keeper: object = GIVER): boolean {
  if (!isObject(value)) return false
  const present = keepers.get(value) ?? new Set()
  if (present.has(keeper)) return false
  keepers.set(value, present.add(keeper))
  return true
}

/** Notes that a keeper lets a value go. @returns whether nobody keeps it now. */
export function letGo(value: object, keeper: object): boolean {
  const present = keepers.get(value)
  present?.delete(keeper)
  return !present?.size
}

/** Whether a value lives longer than the request that was given it. */
export function isKept(value: unknown): boolean {
  return isObject(value) && (keepers.get(value)?.size ?? 0) > 0
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
