import { describe, expect, it } from 'vitest'
import { Expiry, type SessionMetadata } from '../../../src/sessions/session/expiry.js'
import { nextStep, type WriteStep } from '../../../src/sessions/store/next-step.js'
import { SessionState } from '../../../src/sessions/session/session-state.js'
import { stateOf } from '../../../src/sessions/session/session-view.js'
import { Session } from '../../../src/sessions/session/session.js'

/** Stored at second 0; idle 60 s, absolute 600 s, activity noted every 10 s. */
function stored(second: number, metadata: Partial<SessionMetadata> = {}) {
  const time = { now: second * 1000 }
  const expiry = new Expiry({
    idleTimeout: 60,
    absoluteTimeout: 600,
    touchInterval: 10,
    clock: () => time.now,
  })
  const session = new Session(
    new SessionState({
      id: 'old-id',
      metadata: { createdAt: 0, seenAt: 0, ...metadata },
      fields: new Map([['d:user', '"ada"']]),
      expiry,
      newId: () => 'new-id',
    }),
  )
  return { session, time }
}

const anonymous = () =>
  new Session(new SessionState({ expiry: new Expiry({ clock: () => 0 }), newId: () => 'new-id' }))

describe('nextStep', () => {
  it('does nothing for a session that was only read', () => {
    const { session } = stored(9.999)
    session.get('user')
    expect(nextStep(session)).toEqual({ kind: 'nothing' })
  })

  it('notes activity once in a window, or when touch() was called', () => {
    expect(nextStep(stored(10).session)).toMatchObject({
      kind: 'touch',
      id: 'old-id',
      record: { metadata: { createdAt: 0, seenAt: 10_000 } },
    })
    const { session } = stored(1)
    session.touch()
    expect(nextStep(session).kind).toBe('touch')
  })

  it('does nothing for an anonymous visit without a write, and mints no id [DS-02]', () => {
    let minted = 0
    const newId = () => `new-id-${++minted}`
    const session = new Session(new SessionState({ expiry: new Expiry(), newId }))
    session.touch()
    session.clear()
    expect(nextStep(session)).toEqual({ kind: 'nothing' })
    session.destroy()
    expect(nextStep(session)).toEqual({ kind: 'nothing' })
    expect(minted).toBe(0)
  })

  it('creates a new session when something is in it', () => {
    const session = anonymous()
    session.set('user', 'ada')
    const step = nextStep(session) as WriteStep & { kind: 'create' }
    expect(step).toMatchObject({ kind: 'create', id: 'new-id', destroyedId: undefined })
    expect(step.record.metadata).toEqual({ createdAt: 0, seenAt: 0 })
    expect([...step.record.fields]).toEqual([['d:user', '"ada"']])
  })

  it('creates a new session for a declared authentication or a message alone', () => {
    const login = anonymous()
    login.regenerate({ authenticated: true })
    expect(nextStep(login).kind).toBe('create')
    const message = anonymous()
    message.flash.set('notice', 'hello')
    expect(nextStep(message).kind).toBe('create')
  })

  it('patches changed fields and notes the activity with them', () => {
    const { session } = stored(5)
    session.set('cart', ['tea'])
    expect(nextStep(session)).toMatchObject({
      kind: 'patch',
      id: 'old-id',
      changes: { texts: new Map([['d:cart', '["tea"]']]) },
      record: { metadata: { seenAt: 5000 } },
      sendsCookie: false,
    })
  })

  it('sends a cookie when the lifetime of a session changed', () => {
    const { session } = stored(5)
    session.remember(86_400)
    expect(nextStep(session)).toMatchObject({ kind: 'patch', sendsCookie: true })
  })

  it('regenerates under a new id, with the changes', () => {
    const { session } = stored(5)
    session.regenerate()
    session.set('role', 'admin')
    expect(nextStep(session)).toMatchObject({
      kind: 'regenerate',
      id: 'new-id',
      previousId: 'old-id',
      changes: { texts: new Map([['d:role', '"admin"']]) },
    })
  })

  it('destroys, also what was regenerated before', () => {
    const { session } = stored(5)
    session.regenerate()
    session.destroy()
    expect(nextStep(session)).toEqual({ kind: 'destroy', id: 'old-id' })
  })

  it('creates what was written after destroy, and ends the old one first [LO-02]', () => {
    const { session } = stored(5)
    session.destroy()
    session.flash.set('notice', 'bye')
    expect(nextStep(session)).toMatchObject({ kind: 'create', id: 'new-id', destroyedId: 'old-id' })
  })

  it('ends a session that was over before its handler was [EX-12]', () => {
    const { session } = stored(60)
    session.set('late', true)
    expect(nextStep(session)).toEqual({ kind: 'destroy', id: 'old-id' })
  })

  it('a declared authentication saves a session from its absolute end [EX-04]', () => {
    const { session, time } = stored(599, { seenAt: 599_000 })
    session.regenerate({ authenticated: true })
    time.now = 601_000
    expect(nextStep(session).kind).toBe('regenerate')
  })

  it('writes nothing through an id that was replaced, and says so [RA-08]', () => {
    const session = new Session<{ cart: string[] }>(
      new SessionState({
        id: 'old-id',
        metadata: { createdAt: 0, seenAt: 0 },
        fields: new Map([['d:cart', '[]']]),
        isReadOnly: true,
        expiry: new Expiry({ clock: () => 1_700_000 }),
      }),
    )
    expect(session.get('cart')).toEqual([])
    expect(nextStep(session)).toEqual({ kind: 'nothing' })
    session.get('cart')!.push('tea')
    expect(() => nextStep(session)).toThrow(
      'cannot change a value of the session: the request came with an id that regenerate() has replaced; ' +
        'it can only read. The next request of this visitor brings the new id.',
    )
  })

  it('refuses a session that another store opened', () => {
    expect(() => nextStep(new Session('an-id'))).toThrow('the session was opened by another store')
  })
})

describe('after a dump', () => {
  it('nothing is left to do', () => {
    const { session } = stored(10)
    session.regenerate()
    session.set('user', 'eve')
    nextStep(session)
    stateOf(session).saved()
    expect(session.previousId).toBeUndefined()
    expect(session.isChanged).toBe(false)
    expect(nextStep(session)).toEqual({ kind: 'nothing' })
  })

  it('what was destroyed while the dump was under way has to go', () => {
    const session = anonymous()
    session.set('user', 'ada')
    nextStep(session)
    session.destroy()
    stateOf(session).saved()
    expect(nextStep(session)).toEqual({ kind: 'destroy', id: 'new-id' })
  })

  it('what was written while the dump was under way is a patch', () => {
    const session = anonymous()
    session.set('user', 'ada')
    nextStep(session)
    session.set('user', 'eve')
    stateOf(session).saved()
    expect(nextStep(session)).toMatchObject({
      kind: 'patch',
      id: 'new-id',
      changes: { texts: new Map([['d:user', '"eve"']]) },
    })
  })
})
