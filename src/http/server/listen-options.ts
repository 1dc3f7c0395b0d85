import {
  aText,
  checkedElsewhere,
  checkedFor,
  checkOptions,
  describeGiven,
  isObject,
  type OptionRules,
} from '../../di/index.js'
import type { ServerOptions } from 'srvx'
import type { ServingLimits } from './limits.js'
import type { PlaceOptions } from './place.js'
import type { TrustProxy } from './trusted-proxies.js'

/** How `listen` serves, and where: at a `port`, at the `path` of a socket, or at an open descriptor `fd`. */
export type ListenOptions = ServingOptions & PlaceOptions

/** How `listen` serves. */
interface ServingOptions extends ServingLimits {
  /** Certificate and key, as PEM or as paths of files: serves https, in HTTP/1.1, for which the limits hold. */
  readonly tls?: NonNullable<ServerOptions['tls']>
  /**
   * The proxies whose `X-Forwarded-Proto` says whether the visitor came over https, and whose `X-Forwarded-For`
   * says from where (`ClientAddress`): a list of addresses and ranges (`['10.0.0.0/8', '::1']`), or how many
   * there are, when nobody else reaches the port. `true` trusts everybody, and warns. Default: none.
   */
  readonly trustProxy?: TrustProxy
  /** Signals of the process that close the application, for example `['SIGTERM', 'SIGINT']`. Default: none. */
  readonly closeOn?: readonly ('SIGTERM' | 'SIGINT' | 'SIGHUP')[]
  /**
   * How long new requests are still served when the application closes, in milliseconds: until the balancer in
   * front has noticed that this server ends. Default: 0.
   */
  readonly beforeClose?: number
  /** How long requests in flight may take to end when the application closes, in milliseconds; then they are cut. Default: 10,000. */
  readonly drainTimeout?: number
}

/**
 * What `listen` was given, as options. A function beside them would never be called: a server of Node calls it.
 *
 * @param caller what the application called.
 */
export function listenOptions(
  where: number | ListenOptions,
  more: readonly unknown[],
  caller: Function,
): ListenOptions {
  return checkedFor(caller, () => optionsOf(where, more))
}

function optionsOf(where: number | ListenOptions, more: readonly unknown[]): ListenOptions {
  if (more.length > 0)
    throw new TypeError(
      `listen takes one argument, a port or options, and not ${describeGiven(more[0])} beside it. It gives a promise of the server: const server = await app.listen(3000), and what is to follow stands in the next line.`,
    )
  if (typeof where === 'number') return { port: where }
  if (isObject(where)) return where
  throw new TypeError(
    `listen takes a port, listen(3000), or options, listen({ port: 3000 }), and not ${describeGiven(where)}. A port of the environment is a text: listen(Number(process.env.PORT ?? 3000)).`,
  )
}

/** @throws TypeError when an option cannot work; limits are checked by `limitsOf`, numbers of the place by `Place`. */
export function checkListenOptions(options: ListenOptions): void {
  checkOptions<AllOptions>('listen', options, RULES)
}

/** Those of each kind of place, too: a union has only the names that all of its members have. */
interface AllOptions extends ServingOptions {
  readonly port?: number | undefined
  readonly hostname?: string
  readonly path?: string | undefined
  readonly fd?: number | undefined
}

const SIGNALS: readonly unknown[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

const RULES: OptionRules<AllOptions> = {
  port: checkedElsewhere,
  hostname: aText,
  path: aText,
  fd: checkedElsewhere,
  tls: {
    isFine: (tls) => isObject(tls) && 'cert' in tls && 'key' in tls,
    rule: 'an object with cert and key',
  },
  trustProxy: checkedElsewhere,
  closeOn: {
    isFine: (signals) => Array.isArray(signals) && signals.every((one) => SIGNALS.includes(one)),
    rule: "a list of 'SIGTERM', 'SIGINT' and 'SIGHUP'",
  },
  beforeClose: checkedElsewhere,
  drainTimeout: checkedElsewhere,
  headerLimit: checkedElsewhere,
  headerLineLimit: checkedElsewhere,
  headerTimeout: checkedElsewhere,
  requestTimeout: checkedElsewhere,
  idleTimeout: checkedElsewhere,
  keepAliveTimeout: checkedElsewhere,
  connectionLimit: checkedElsewhere,
}
