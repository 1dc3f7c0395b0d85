import * as expressSessionOf from 'express-session'
import { BackendStore, CookieStore, MemoryBackend } from 'ingot'
import { expressSession, movingFrom } from 'ingot/moving'
import { describeSessionStore } from 'ingot/testing'
import { describe, test } from 'vitest'
import { newSecret } from '../secrets.js'

const runner = { describe, test }
const secret = newSecret()
const old = expressSession({ store: new expressSessionOf.MemoryStore(), secret })
const move = { secret, until: new Date(Date.now() + 86_400_000) }

describeSessionStore(
  'movingFrom express-session to a BackendStore',
  (conditions) => {
    const backend = new MemoryBackend({ now: conditions.clock })
    return { store: movingFrom(old, new BackendStore(backend, conditions), move), backend }
  },
  {
    ...runner,
    count: ({ backend }) => backend.size,
    beside: ({ backend }, name, conditions) =>
      movingFrom(old, new BackendStore(backend, { name, ...conditions }), move),
  },
)

describeSessionStore(
  'movingFrom express-session to a CookieStore',
  (conditions) => ({ store: movingFrom(old, new CookieStore({ secret, ...conditions }), move) }),
  { ...runner, capabilities: { isRevocable: false, mergesWrites: false, takesOnce: false } },
)
