import { expect, test } from 'vitest'
import {
  cookieSession,
  expressSession,
  fastifySession,
  ironSession,
  koaSession,
  secureSession,
} from '../../../src/sessions/moving/index.js'

const store = { get: () => {}, destroy: () => {} }
const COMMON = 'name, path, domain, secure'

/** Each system, options that it takes, and the names of all. */
const SYSTEMS = [
  [expressSession, { store, secret: 's' }, `${COMMON}, store, secret`],
  [fastifySession, { store, secret: 's' }, `${COMMON}, store, secret, cookiePrefix`],
  [cookieSession, { keys: ['k'] }, `${COMMON}, keys, idOf`],
  [koaSession, { keys: ['k'] }, `${COMMON}, keys, idOf, store`],
  [ironSession, { name: 'shop', unseal: () => ({}), ttl: 1 }, `${COMMON}, unseal, ttl`],
  [secureSession, { decode: () => ({}) }, `${COMMON}, decode`],
] as const

test.each(SYSTEMS)('%o refuses options that it does not take', (system, good, names) => {
  const make = system as (options: object) => unknown
  expect(make(good)).toHaveProperty('find')
  const messages = [{ name: 7 }, { nam: 'old' }, { rolling: true }].map((bad) => {
    try {
      return make({ ...good, ...bad })
    } catch (error) {
      return String(error)
    }
  })
  expect(messages).toEqual([
    "SessionOptionError: the session option 'name' must be a text, not 7.",
    "SessionOptionError: the session option 'nam' is not an option. Did you mean name?",
    `SessionOptionError: the session option 'rolling' is not an option. The options are: ${names}.`,
  ])
})
