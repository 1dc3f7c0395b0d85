/**
 * Taking over the sessions that another library has left in the browsers of visitors.
 *
 * @module ingot/moving
 */
export { movingFrom, type MovingOptions } from './moving-from.js'
export type { MovedSession } from './moved-session.js'
export type {
  NamedSession,
  OldSession,
  OldSessions,
  RefusedCookie,
} from './systems/old-sessions.js'
export type { OldCookieOptions } from './systems/old-cookie.js'
export {
  expressSession,
  fastifySession,
  type ExpressSessionOptions,
  type FastifySessionOptions,
} from './systems/express-session.js'
export { cookieSession, type CookieSessionOptions } from './systems/cookie-session.js'
export { koaSession, type KoaSessionOptions, type KoaStore } from './systems/koa-session.js'
export {
  ironSession,
  secureSession,
  type IronSessionOptions,
  type SecureSession,
  type SecureSessionOptions,
} from './systems/sealed-session.js'
