import { Modifier, type AnyToken, type ClassToken, type Resolved, type Token } from './token.js'

/** Asks for the value, or `undefined` when no component provides it. A fault inside its provider still counts. */
export function optional<const Wanted extends AnyToken>(
  token: Wanted,
): Modifier<Resolved<Wanted> | undefined> {
  return new Modifier('optional', token)
}

/** Asks for a function that makes the value on its first call; later calls share it. */
export function lazy<const Wanted extends AnyToken>(
  token: Wanted,
): Modifier<() => Resolved<Wanted> | Promise<Resolved<Wanted>>> {
  return new Modifier('lazy', token)
}

/** Names a token that is not defined yet, for modules that import each other. */
export function forwardRef<const Wanted extends AnyToken>(
  token: () => Wanted,
): Modifier<Resolved<Wanted>> {
  return new Modifier('ref', token)
}

/** Asks for the values of every component that provides the token, in the order of registration. */
export function all<const Wanted extends Token>(token: Wanted): Modifier<Resolved<Wanted>[]> {
  return new Modifier('all', token)
}

type Methods<Receiver> = {
  // oxlint-disable-next-line typescript/no-explicit-any -- any method, whatever it takes
  [Name in keyof Receiver]: Receiver[Name] extends (...values: any[]) => unknown ? Name : never
}[keyof Receiver] &
  string
type Result<Receiver, Name extends keyof Receiver> = Receiver[Name] extends (
  // oxlint-disable-next-line typescript/no-explicit-any -- any method, whatever it takes
  ...values: any[]
) => infer Returned
  ? Returned
  : never
type Instance<Receiver> = Receiver extends ClassToken<infer Value> ? Value : Receiver

/**
 * Asks for what an injected method returns: `call(store, 'load')` is planned, checked and run once per
 * request like any component. A class stands for its instance.
 */
export function call<Receiver extends object, Name extends Methods<Instance<Receiver>>>(
  receiver: Receiver,
  method: Name,
): Modifier<Awaited<Result<Instance<Receiver>, Name>>> {
  return new Modifier('call', receiver, method)
}

/**
 * Asks for a function that runs an injected method when called: `later(store, 'dump')` is planned and
 * checked at start-up, and may depend on the very value its owner makes. It returns a
 * promise when the method does, or when a value that it needs is still being made.
 */
export function later<Receiver extends object, Name extends Methods<Instance<Receiver>>>(
  receiver: Receiver,
  method: Name,
): Modifier<
  () => Result<Instance<Receiver>, Name> | Promise<Awaited<Result<Instance<Receiver>, Name>>>
> {
  return new Modifier('later', receiver, method)
}
