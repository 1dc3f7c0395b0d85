import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Expiry } from '../../../src/sessions/session/expiry.js'
import { SessionState } from '../../../src/sessions/session/session-state.js'
import { SessionView, stateOf } from '../../../src/sessions/session/session-view.js'
import { Session } from '../../../src/sessions/session/session.js'
import { polluted } from '../pollution.js'

describe('flash', () => {
  const again = (session: Session) =>
    new Session(new SessionState({ id: 'an-id', fields: stateOf(session).fields.texts() }))

  it('gives a message to the next request, once', () => {
    const first = Session.empty()
    first.flash.set('notice', 'saved')
    expect(first.flash.get('notice')).toBeUndefined()
    const second = again(first)
    expect(second.flash.get('notice')).toBe('saved')
    expect(second.flash.get('notice')).toBe('saved')
    expect(again(second).flash.get('notice')).toBeUndefined()
  })

  it('is not lost by a request that does not read it', () => {
    const first = Session.empty()
    first.flash.set('notice', 'saved')
    const image = again(first)
    expect(image.isChanged).toBe(false)
    expect(again(image).flash.get('notice')).toBe('saved')
  })

  it('gives a message of now to this request only', () => {
    const session = Session.empty()
    session.flash.now('notice', 'wrong')
    expect(session.flash.get('notice')).toBe('wrong')
    expect(session.isChanged).toBe(false)
  })

  it('keeps a message that was read', () => {
    const first = Session.empty()
    first.flash.set('notice', 'saved')
    first.flash.set('warning', 'full')
    const second = again(first)
    second.flash.get('notice')
    second.flash.keep()
    const third = again(second)
    expect(third.flash.get('notice')).toBe('saved')
    third.flash.keep('warning')
    expect(third.flash.get('warning')).toBe('full')
    const fourth = again(third)
    expect(fourth.flash.get('notice')).toBeUndefined()
    expect(fourth.flash.get('warning')).toBe('full')
  })

  it('reads the last message in the request that leaves the next one', () => {
    const first = Session.empty()
    first.flash.set('notice', 'one')
    const second = again(first)
    second.flash.set('notice', 'two')
    expect(second.flash.get('notice')).toBe('one')
    expect(again(second).flash.get('notice')).toBe('two')
  })

  it('is no part of the data', () => {
    const session = Session.empty()
    session.flash.set('notice', 'saved')
    expect(session.size).toBe(0)
    expect(session.has('notice')).toBe(false)
    expect(session.toObject()).toEqual({})
  })
})

describe('regenerate and destroy', () => {
  it('regenerate changes the id, keeps the data and names the old id for the store [FX-04]', () => {
    const session = new Session('old-id', { a: 1 })
    session.regenerate()
    session.regenerate()
    expect(session.id).not.toBe('old-id')
    expect(session.previousId).toBe('old-id')
    expect(session.get('a')).toBe(1)
    expect(session.isChanged).toBe(true)
    expect(session.isNew).toBe(false)
  })

  it('regenerate of a session that no store holds leaves nothing behind', () => {
    const session = Session.empty()
    const first = session.id
    session.regenerate()
    expect(session.id).not.toBe(first)
    expect(session.previousId).toBeUndefined()
    expect(session.isChanged).toBe(false)
  })

  it('what is written after destroy is a new session [LO-02]', () => {
    const session = new Session<Record<string, unknown>>('old-id', { user: 'ada' })
    session.destroy()
    expect(session.isDestroyed).toBe(true)
    expect(session.size).toBe(0)
    session.set('goodbye', true)
    expect(session.isDestroyed).toBe(false)
    expect(session.isNew).toBe(true)
    expect(session.previousId).toBe('old-id')
    expect(session.id).not.toBe('old-id')
    expect(session.toObject()).toEqual({ goodbye: true })
  })

  it('destroy of an anonymous session, or twice, is nothing [LO-03]', () => {
    const session = Session.empty()
    session.destroy()
    session.destroy()
    expect(session.isChanged).toBe(false)
    expect(session.isDestroyed).toBe(false)
    const stored = new Session('old-id')
    stored.destroy()
    stored.destroy()
    expect(stored.previousId).toBe('old-id')
  })
})

describe('bind', () => {
  it('says whose session it is, under a new id, with a fresh authentication [FX-03]', () => {
    const metadata = { createdAt: 0, seenAt: 0 }
    const expiry = new Expiry({ clock: () => 5000 })
    const session = new Session(new SessionState({ id: 'old-id', metadata, expiry }))
    expect(session.userId).toBeUndefined()
    session.bind('ada', { label: 'Firefox' })
    expect(session.userId).toBe('ada')
    expect(session.id).not.toBe('old-id')
    expect(session.previousId).toBe('old-id')
    expect(session.authenticatedAt).toEqual(new Date(5000))
    expect(stateOf(session).metadata).toMatchObject({ userId: 'ada', label: 'Firefox' })
    session.destroy()
    expect(session.userId).toBeUndefined()
  })

  it('refuses a user without a name', () => {
    expect(() => Session.empty().bind('')).toThrow(
      'a session is bound to the id of a user: text that is not empty',
    )
  })

  it('refuses a label that is no text, with which the session would not be found again', () => {
    // @ts-expect-error - a header that is not there is null in some frameworks
    expect(() => Session.empty().bind('ada', { label: null })).toThrow(
      'the label of a session is text, or not there',
    )
  })

  it('takes no authentication and no label from a polluted Object.prototype [PP-09]', async () => {
    const session = Session.empty()
    await polluted({ authenticated: true, label: 'evil' }, () => {
      session.regenerate()
      expect(session.authenticatedAt).toBeUndefined()
      session.bind('ada')
    })
    expect(stateOf(session).metadata?.label).toBeUndefined()
  })
})

describe('times of a Session', () => {
  const at = (now: number) =>
    new Expiry({ idleTimeout: 60, absoluteTimeout: 600, clock: () => now })

  it('says when it began and when it ends', () => {
    const session = new Session(new SessionState({ expiry: at(1000) }))
    expect(session.createdAt).toEqual(new Date(1000))
    expect(session.expiresAt).toEqual(new Date(61_000))
    expect(session.authenticatedAt).toBeUndefined()
    expect(new Session('an-id').createdAt).toBeUndefined()
    expect(new Session('an-id').expiresAt).toBeUndefined()
  })

  it('regenerate starts the absolute lifetime again only with a declared authentication [EX-04]', () => {
    const metadata = { createdAt: 0, seenAt: 590_000 }
    const session = new Session(new SessionState({ id: 'an-id', metadata, expiry: at(599_000) }))
    session.regenerate()
    expect(session.expiresAt).toEqual(new Date(600_000))
    session.regenerate({ authenticated: true })
    expect(session.expiresAt).toEqual(new Date(659_000))
    expect(session.authenticatedAt).toEqual(new Date(599_000))
  })

  it('remember gives it a lifetime of its own, longer and shorter [EX-17, CE-09]', () => {
    const metadata = { createdAt: 0, seenAt: 0 }
    const session = new Session(new SessionState({ id: 'an-id', metadata, expiry: at(0) }))
    session.remember(86_400)
    expect(session.expiresAt).toEqual(new Date(86_400_000))
    expect(session.lifetime).toBe(86_400)
    session.remember(5)
    expect(session.expiresAt).toEqual(new Date(5000))
    session.remember(undefined)
    expect(session.expiresAt).toEqual(new Date(60_000))
    expect(session.isChanged).toBe(true)
    for (const odd of [-1, 0.5, Number.NaN, Infinity, '60', null, 401 * 86_400]) {
      expect(() => session.remember(odd as number)).toThrow(
        `the session option 'lifetime' must be a whole number of seconds from 1 to 34560000 (400 days), not ${typeof odd === 'string' ? `"${odd}"` : odd}.`,
      )
    }
  })
})

describe('a session that is closed or may only be read', () => {
  it('refuses writing after the response has begun and names the key [CU-13]', async () => {
    const session = new Session('an-id', { a: 1 })
    stateOf(session).isClosed = true
    const ending =
      ': the session was stored and the response has begun. ' +
      'Write before the handler returns; a stream writes before it hands over its first byte.'
    expect(() => session.set('a', 2)).toThrow(`cannot set "a"${ending}`)
    expect(() => session.delete('a')).toThrow(`cannot delete "a"${ending}`)
    expect(() => session.update('a', () => 2)).toThrow(`cannot update "a"${ending}`)
    expect(() => session.flash.set('b', 2)).toThrow(`cannot flash "b"${ending}`)
    expect(() => session.clear()).toThrow(`cannot clear the session${ending}`)
    expect(() => session.destroy()).toThrow(`cannot destroy the session${ending}`)
    expect(() => session.regenerate()).toThrow(`cannot regenerate the session${ending}`)
    await expect(session.take('a')).rejects.toThrow(`cannot take "a"${ending}`)
    expect(session.get('a')).toBe(1)
    await expect(session.commit()).resolves.toBeUndefined()
  })

  it('refuses writing through an id that was replaced [RA-08]', () => {
    const session = new Session(new SessionState({ id: 'an-id', isReadOnly: true }))
    const ending =
      ': the request came with an id that regenerate() has replaced; ' +
      'it can only read. The next request of this visitor brings the new id.'
    expect(() => session.set('a', 2)).toThrow(`cannot set "a"${ending}`)
    expect(() => session.regenerate()).toThrow(`cannot regenerate the session${ending}`)
  })
})

describe('what a session shows of itself', () => {
  it('prints neither id nor data [LG-03]', () => {
    const session = Session.fromRecord(
      'a-secret-id',
      Session.empty().set('card', '4111').toRecord(),
    )!
    session.flash.set('notice', '4111')
    const view = new SessionView(stateOf(session))
    for (const shown of [session, view]) {
      const texts = [inspect(shown), JSON.stringify({ shown }), String(shown), `${shown}`]
      texts.push(inspect({ shown }, { depth: 9, showHidden: true }), JSON.stringify({ ...shown }))
      texts.push(inspect(structuredClone(shown)))
      expect(texts.join()).not.toMatch(/a-secret-id|4111/)
    }
    expect(JSON.stringify(session)).toBe('"[Session]"')
    expect(inspect(session)).toBe('[Session]')
  })

  it('is not what merely looks like it', () => {
    const proxy = new Proxy(new Session('an-id'), {})
    expect(() => stateOf(proxy)).toThrow(TypeError)
    expect(() => stateOf({ ...Session.empty() } as never)).toThrow(TypeError)
  })
})

describe('SessionView', () => {
  it('reads the session and hands out copies', () => {
    const session = new Session<{ cart: number[] }>('an-id', { cart: [1] })
    const view = new SessionView<{ cart: number[] }>(stateOf(session))
    view.get('cart')!.push(2)
    view.values()[0]!.push(3)
    expect(session.get('cart')).toEqual([1])
    expect(session.isChanged).toBe(false)
    session.set('cart', [4])
    expect(view.get('cart')).toEqual([4])
    expect(view.id).toBe('an-id')
    expect(view.get('id')).toBe('an-id')
    expect('set' in view).toBe(false)
  })
})
