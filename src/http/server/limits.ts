/** What one client may cost the server. Each limit has a safe default; on Node it holds before a handler runs. */
export interface ServingLimits {
  /** The largest head of a request, in bytes; a larger one gets a 431. Default: 16,384. */
  readonly headerLimit?: number
  /** How many header lines a request may have; more get a 431. Default: 128. */
  readonly headerLineLimit?: number
  /** How long the head of a request may take to arrive, in milliseconds; then 408. Default: 8,000. */
  readonly headerTimeout?: number
  /** How long a whole request, its body too, may take to arrive, in milliseconds; then 408. Default: 60,000. */
  readonly requestTimeout?: number
  /**
   * How long a request may go without a byte in either direction, in milliseconds; then its connection
   * is cut, an eighth of that time later at most. It ends requests whose handler never responds or whose
   * client no longer reads. A stream that may be silent for longer has to send something in between.
   * Default: 120,000.
   */
  readonly idleTimeout?: number
  /**
   * How long a connection stays open for the next request, in milliseconds. Behind a proxy make it longer
   * than the proxy's own, or the proxy sends requests into closed connections. Default: 5,000.
   */
  readonly keepAliveTimeout?: number
  /** How many connections may be open at once; one more is closed without a response. Default: 10,000. */
  readonly connectionLimit?: number
}

/**
 * The limits with their defaults.
 *
 * @throws RangeError when one is not a whole number from 1 to 2,147,483,647: a timer takes no more, and
 * `NaN` would be no limit.
 */
export function limitsOf(given: ServingLimits): Required<ServingLimits> {
  const limits = { ...DEFAULTS }
  for (const name of Object.keys(DEFAULTS) as (keyof ServingLimits)[]) {
    if (!Object.hasOwn(given, name) || given[name] === undefined) continue
    limits[name] = checkLimit(name, given[name])
  }
  return limits
}

/** The limits that Node's parser and timers enforce, under the names of `http.createServer`. */
export function nodeOptions(limits: Required<ServingLimits>): NodeOptions {
  const { headerLimit, headerTimeout, requestTimeout, keepAliveTimeout } = limits
  // Node does not accept a longer time for the head than for the whole request.
  const headersTimeout = Math.min(headerTimeout, requestTimeout)
  return {
    maxHeaderSize: headerLimit,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout,
    handshakeTimeout: headersTimeout,
    // By default Node checks every 30 seconds, so a limit of 60 seconds would hold after up to 90.
    connectionsCheckingInterval: Math.min(1000, Math.ceil(headersTimeout / 4)),
  }
}

interface NodeOptions {
  readonly maxHeaderSize: number
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly keepAliveTimeout: number
  readonly handshakeTimeout: number
  readonly connectionsCheckingInterval: number
}

const DEFAULTS = {
  headerLimit: 16_384,
  headerLineLimit: 128,
  headerTimeout: 8_000,
  requestTimeout: 60_000,
  idleTimeout: 120_000,
  keepAliveTimeout: 5_000,
  connectionLimit: 10_000,
}

const MOST = 2 ** 31 - 1

/**
 * The limit itself.
 *
 * @throws RangeError when a timer of Node would read it as another number.
 */
export function checkLimit(name: string, limit: number, least = 1): number {
  if (Number.isInteger(limit) && limit >= least && limit <= MOST) return limit
  throw new RangeError(
    `listen: ${name} must be a whole number from ${least} to ${MOST}, not ${limit}.`,
  )
}
