import { App, ClientAddress, HttpError, inject, Next, route, value } from 'ingot'

// #region limit
/** How often a client may come within a time, in the memory of one process. */
export class RateLimit {
  /** In the order in which they began, which is that in which they end. */
  readonly #windows = new Map<string, { count: number; readonly end: number }>()

  constructor(
    readonly most: number,
    readonly seconds: number,
    readonly now = () => performance.now(),
  ) {}

  /** Counts a request, and gives the seconds to wait: 0 for one that may go on. */
  count(client: string): number {
    const now = this.now()
    for (const [old, { end }] of this.#windows) {
      if (end > now) break
      this.#windows.delete(old)
    }
    const window = this.#windows.get(client) ?? { count: 0, end: now + this.seconds * 1000 }
    this.#windows.set(client, window)
    window.count += 1
    return window.count > this.most ? Math.ceil((window.end - now) / 1000) : 0
  }
}
// #endregion

// #region middleware
/** Refuses a client that comes too often. */
export const limited = inject([ClientAddress, RateLimit, Next], (client, limit, next) => {
  const wait = limit.count(networkOf(client))
  if (wait === 0) return next()
  throw new HttpError(429, 'Try again later', { headers: { 'retry-after': String(wait) } })
})

/** A household has 2^64 addresses of IPv6: the first four groups name it. */
function networkOf({ ip = 'unknown' }: ClientAddress): string {
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing =
    tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length
  return [...groups, ...Array<string>(missing).fill('0')].slice(0, 4).join(':')
}
// #endregion

// #region app
export function createApp(limit = new RateLimit(5, 60)): App {
  return new App({
    components: [value(RateLimit, limit)],
    routes: [
      route.get('/', () => 'Everybody may look.'),
      route.post('/login', () => 'Welcome!', { middleware: [limited] }),
    ],
  })
}
// #endregion
