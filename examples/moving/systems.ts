import type { FastifyInstance } from 'fastify'
import { unsealData } from 'iron-session'
import {
  cookieSession,
  fastifySession,
  ironSession,
  koaSession,
  secureSession,
  type FastifySessionOptions,
  type KoaStore,
  type OldSessions,
} from 'ingot/moving'

// #region fastify-session
export function fromFastify(store: FastifySessionOptions['store'], secret: string): OldSessions {
  return fastifySession({ store, secret })
}
// #endregion

// #region cookie-session
export function fromCookieSession(keys: readonly string[]): OldSessions {
  return cookieSession({
    keys,
    // What no other visitor has among their data. Here each login made one.
    idOf: ({ loginId }) => (typeof loginId === 'string' ? loginId : undefined),
  })
}
// #endregion

// #region koa-session
export function fromKoa(keys: readonly string[], store: KoaStore): OldSessions {
  return koaSession({ keys, store })
}
// #endregion

// #region iron-session
/** @param ttl in seconds, as it was; 14 days where nothing was said. */
export function fromIronSession(password: string, ttl = 14 * 86_400): OldSessions {
  return ironSession({ name: 'shop', ttl, unseal: (seal) => unsealData(seal, { password }) })
}
// #endregion

// #region secure-session
/** @param fastify an instance with the plugin and its key; it need not listen. */
export function fromSecureSession(fastify: FastifyInstance): OldSessions {
  return secureSession({ decode: (text) => fastify.decodeSecureSession(text) })
}
// #endregion
