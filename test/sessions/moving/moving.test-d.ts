import { expectTypeOf, test } from 'vitest'
import { CookieStore, MemoryStore, SessionStore } from '../../../src/sessions/index.js'
import {
  cookieSession,
  expressSession,
  ironSession,
  koaSession,
  movingFrom,
  type MovedSession,
  type OldSession,
} from '../../../src/sessions/moving/index.js'

const options = { secret: 'a secret of the test, longer than 32 bytes', until: new Date() }
const old = cookieSession({ keys: ['k'] })

test('a move is a store, from another system or a store to one of ours', () => {
  expectTypeOf(movingFrom(old, new MemoryStore(), options)).toEqualTypeOf<SessionStore>()
  expectTypeOf(
    movingFrom(new MemoryStore({ name: 'sid' }), new CookieStore(options), options),
  ).toEqualTypeOf<SessionStore>()
  // @ts-expect-error - a store of somebody else cannot be told what to keep
  movingFrom(old, {} as SessionStore, options)
  // @ts-expect-error - until when is not for us to say
  movingFrom(old, new MemoryStore(), { secret: options.secret })
})

test('what a session becomes is data, a user and times', () => {
  movingFrom(old, new MemoryStore(), {
    ...options,
    session: (given) => {
      expectTypeOf(given).toEqualTypeOf<OldSession>()
      expectTypeOf(given.data['user']).toEqualTypeOf<unknown>()
      return { data: given.data, userId: 'ada', createdAt: new Date() }
    },
  })
  movingFrom(old, new MemoryStore(), { ...options, session: async () => undefined })
  expectTypeOf<{ data: {}; userId: number }>().not.toExtend<MovedSession>()
})

test('each system says what it needs', () => {
  // @ts-expect-error - the store that it used
  expressSession({ secret: 's' })
  // @ts-expect-error - the name that its cookie had
  ironSession({ unseal: () => ({}) })
  // @ts-expect-error - the keys of the application
  koaSession({})
})
