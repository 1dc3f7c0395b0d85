import {
  aText,
  checkedElsewhere,
  checkOptions,
  describeGiven,
  isObject,
  type OptionRules,
} from '../../di/index.js'
import type { ListenOptions } from './listen.js'

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
