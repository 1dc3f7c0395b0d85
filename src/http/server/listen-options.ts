import {
  aText,
  checkedElsewhere,
  checkOptions,
  describeGiven,
  isObject,
  type OptionRules,
} from '../../di/index.js'
import type { ServerOptions } from 'srvx'
import type { ServingLimits } from './limits.js'
import type { TrustProxy } from './trusted-proxies.js'

/** Where and how `listen` serves. */
export interface ListenOptions extends ServingLimits {
  /** 0 takes a free port. */
  readonly port: number
  /** The address to listen on. Default: every address of the machine. */
  readonly hostname?: string
  /** Certificate and key, as PEM or as paths of files: serves https, in HTTP/1.1, for which the limits hold. */
  readonly tls?: NonNullable<ServerOptions['tls']>
  /**
   * The proxies whose `X-Forwarded-Proto` says whether the visitor came over https: a list of addresses
   * and ranges (`['10.0.0.0/8', '::1']`), or how many there are, when nobody else reaches the port. `true`
   * trusts everybody, and warns. Default: none.
   */
  readonly trustProxy?: TrustProxy
  /** Signals of the process that close the application, for example `['SIGTERM', 'SIGINT']`. Default: none. */
  readonly closeOn?: readonly ('SIGTERM' | 'SIGINT' | 'SIGHUP')[]
  /** How long requests in flight may take to end when the application closes, in milliseconds; then they are cut. Default: 10,000. */
  readonly drainTimeout?: number
}

/** @throws TypeError, RangeError when an option cannot work; limits are checked by `limitsOf`. */
export function checkListenOptions(options: ListenOptions): void {
  checkOptions('listen', options, RULES)
  const { port } = options
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return
  const hint = process.env['PORT'] === String(port) ? ' Write Number(process.env.PORT).' : ''
  throw new RangeError(
    `listen: port must be a whole number from 0 to 65535, not ${describeGiven(port)}.${hint}`,
  )
}

const SIGNALS: readonly unknown[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

const RULES: OptionRules<ListenOptions> = {
  port: checkedElsewhere,
  hostname: aText,
  tls: {
    isFine: (tls) => isObject(tls) && 'cert' in tls && 'key' in tls,
    rule: 'an object with cert and key',
  },
  trustProxy: checkedElsewhere,
  closeOn: {
    isFine: (signals) => Array.isArray(signals) && signals.every((one) => SIGNALS.includes(one)),
    rule: "a list of 'SIGTERM', 'SIGINT' and 'SIGHUP'",
  },
  drainTimeout: checkedElsewhere,
  headerLimit: checkedElsewhere,
  headerLineLimit: checkedElsewhere,
  headerTimeout: checkedElsewhere,
  requestTimeout: checkedElsewhere,
  idleTimeout: checkedElsewhere,
  keepAliveTimeout: checkedElsewhere,
  connectionLimit: checkedElsewhere,
}
