import type { AnyToken, ClassToken } from './token.js'

/** An injected function, or an injected method of an object; a class stands for its instance. */
export type Injectable = Function | readonly [receiver: object, method: string | symbol]

/** What `callable` takes beside the function. */
export interface CallableOptions {
  /** The tokens of its parameters; without them decorators and metadata are read. */
  readonly tokens?: readonly AnyToken[] | undefined
  /** Names it in messages. Default: `Class.method` or the function's name. */
  readonly name?: string | undefined
  /** How many of its parameters are injected; others are the caller's. Default: all. */
  readonly count?: number | undefined
  /** Is called in its place, with what is injected and then with the input of the run. Default: the function. */
  readonly call?: Function | undefined
}

/** One function that can be planned: the function, its receiver, and where its tokens are written. */
export class Callable {
  readonly name: string
  readonly tokens: readonly AnyToken[] | undefined
  /** How many of its parameters are injected, where others are the caller's. */
  readonly count: number | undefined
  /** What is called in the place of the function, if anything. */
  readonly call: Function | undefined
  /** The function itself; for a constructor the class. */
  readonly fn: Function
  readonly kind: 'function' | 'method' | 'constructor'
  /** The object a method is called on. */
  readonly receiver: object | undefined
  /** The class whose instance a method is called on. */
  readonly receiverClass: ClassToken | undefined
  /** The method's key, for its metadata. */
  readonly method: string | symbol | undefined

  constructor(facts: Pick<Callable, 'name' | 'fn' | 'kind'> & Partial<Callable>) {
    this.name = facts.name
    this.fn = facts.fn
    this.kind = facts.kind
    this.tokens = facts.tokens
    this.count = facts.count
    this.call = facts.call
    this.receiver = facts.receiver
    this.receiverClass = facts.receiverClass
    this.method = facts.method
  }

  /** The object of the prototype chain that defines the method: decorators record their tokens there. */
  get owner(): object | undefined {
    let owner: object | null = this.receiverClass
      ? (this.receiverClass.prototype as object)
      : (this.receiver ?? null)
    while (owner && !Object.hasOwn(owner, this.method!))
      owner = Object.getPrototypeOf(owner) as object | null
    return owner ?? undefined
  }
}

/**
 * Describes an injected function or `[receiver, 'method']` for a plan.
 *
 * @throws TypeError when it is neither.
 */
export function callable(target: Injectable, options: CallableOptions = {}): Callable {
  if (typeof target === 'function') {
    return new Callable({
      ...options,
      kind: 'function',
      fn: target,
      name: options.name ?? (target.name || 'an anonymous function'),
    })
  }
  const [receiver, method] = target
  const ofInstance = typeof receiver === 'function' && method in (receiver.prototype as object)
  const fn = (ofInstance ? (receiver as ClassToken).prototype : receiver)[method] as unknown
  const owner =
    typeof receiver === 'function' ? receiver.name : (receiver.constructor?.name ?? 'object')
  const name = options.name ?? `${owner}.${String(method)}`
  if (typeof fn !== 'function') throw new TypeError(`${name} is not a method`)
  return new Callable({
    ...options,
    kind: 'method',
    fn,
    name,
    method,
    ...(ofInstance ? { receiverClass: receiver as ClassToken } : { receiver }),
  })
}

/** Describes the constructor of a class. */
export function constructorOf(target: ClassToken, tokens?: readonly AnyToken[]): Callable {
  return new Callable({
    kind: 'constructor',
    fn: target,
    name: `new ${target.name}`,
    ...(tokens && { tokens }),
  })
}
