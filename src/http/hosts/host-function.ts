import { callable, describeParameters, type AnyToken, type Callable } from '../../di/index.js'

/** A function of a host's: the values that it asks for, then what the host gives each of its handlers. */
// oxlint-disable-next-line typescript/no-explicit-any -- each has its own parameters
export type HostFunction = (...values: any[]) => unknown

/** What a host gives, whose types it alone knows. */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export type HostArguments = any[]

/** How a function of a host's is read. */
export interface HostFunctionOptions {
  /** The tokens of its first parameters; without them their annotations are read. */
  readonly tokens?: readonly AnyToken[] | undefined
  /** Names it in messages. */
  readonly name: string
  /** The types, as they are written, of what the host gives: such parameters are not injected. Default: none. */
  readonly hostTypes?: RegExp | undefined
  /** Those that are classes, for whoever imports them as such. Default: none. */
  readonly hostClasses?: readonly unknown[] | undefined
}

/**
 * Describes the injected part of a function whose last parameters a host fills.
 *
 * @param call is called with the injected values, and then the exchange.
 */
export function hostFunction(
  fn: HostFunction,
  { tokens, name, hostTypes, hostClasses = [] }: HostFunctionOptions,
  call: HostFunction,
): Callable {
  if (tokens) return callable(fn, { tokens, name, call, count: tokens.length })
  const infos = describeParameters(callable(fn))
  const isOfHost = ({ token, text, listed, index }: (typeof infos)[number]): boolean => {
    if (token) return hostClasses.includes(token)
    return (listed !== undefined && index >= listed) || hostTypes?.test(text ?? '') === true
  }
  const last = infos.findLastIndex((info) => !isOfHost(info))
  return callable(fn, { name, call, count: last + 1 })
}

/** The values alone: what the host gives is passed by whoever has it. */
export function gather(...values: unknown[]): unknown[] {
  values.pop()
  return values
}
