import type { System } from '../system.js'
import { withCookies } from './ingot.js'

/** Opens every cookie anew, as if each request came from another visitor. */
export const system: System = {
  sealed: () => withCookies({ openedCacheSize: 0 }),
  signed: () => withCookies({ openedCacheSize: 0, protection: 'signed' }),
}
