import { CookieStore, SessionUnconfirmedError, type Session } from '../../src/sessions/index.js'
import type { FailureWorld } from './failure-world.js'
import { impatient } from './session-app.js'
import { newSecret } from './secrets.js'

/** Makes something go wrong, and gives the status of the request that it hit. */
type Failure = (world: FailureWorld) => Promise<number>

const write = (session: Session): unknown => session.set('late', 1)
const read = (session: Session): unknown => session.toObject()

function refused(code: string): never {
  throw Object.assign(new Error('the server said no'), { code })
}

/** The rows of docs/failures.md. */
export const failures: Readonly<Record<string, Failure>> = {
  'the store cannot be reached': async (world) => {
    const visitor = await world.known()
    world.backend.fails = () => refused('ECONNREFUSED')
    return visitor.visit(read)
  },

  'the store does not answer in time': async (world) => {
    const visitor = await world.known()
    const slow = world.visitor({ timer: impatient })
    for (const { name, value } of visitor.client.cookies) slow.client.cookies.set(name, value)
    world.backend.fails = () => new Promise(() => {})
    return slow.visit(read)
  },

  'the store cannot be written to': async (world) => {
    const visitor = await world.known()
    world.backend.fails = (verb) => verb === 'replace' && refused('EROFS')
    return visitor.visit(write)
  },

  'the store failed several times in a row': async (world) => {
    const visitor = await world.known({ failureThreshold: 2 })
    world.backend.fails = () => refused('ECONNREFUSED')
    await visitor.visit(read)
    world.begin()
    await visitor.visit(read)
    return visitor.visit(read)
  },

  'too many calls wait for the store': async (world) => {
    const visitor = await world.known({ maxCalls: 1 })
    let answer = () => {}
    const asked = new Promise<void>((resolve) => {
      world.backend.fails = () => (resolve(), new Promise<void>((done) => (answer = done)))
    })
    const first = visitor.copy().visit(read)
    await asked
    const status = await visitor.visit(read)
    answer()
    await first
    return status
  },

  'only the activity of the visitor cannot be noted': async (world) => {
    const visitor = await world.known()
    world.time.now += 600_000
    world.backend.fails = (verb) => verb === 'touch' && refused('EROFS')
    return visitor.visit(read)
  },

  'replicas do not confirm a logout': async (world) => {
    const visitor = await world.known()
    world.backend.confirm = () => Promise.reject(new SessionUnconfirmedError(0, 1))
    return visitor.visit((session) => session.destroy())
  },

  'the session was ended elsewhere, and this request wrote': (world) =>
    world.raced(write, (session) => session.destroy()),

  'the session was ended elsewhere, and this request only read': (world) =>
    world.raced(read, (session) => session.destroy()),

  'the session expired while its handler wrote': async (world) => {
    const visitor = await world.known()
    return visitor.visit((session) => {
      world.time.now += 1_800_000
      write(session)
    })
  },

  'another request gave the session a new id, and this one wrote': (world) =>
    world.raced(write, (session) => session.regenerate()),

  'a request came with an id that was just replaced, and wrote': async (world) => {
    const visitor = await world.known()
    const other = visitor.copy()
    await visitor.visit((session) => session.regenerate())
    world.begin()
    return other.visit(write)
  },

  'other requests were faster again and again': async (world) => {
    const visitor = await world.known({}, world.store({ conflictTimeoutMs: 1 }))
    let value = 1
    world.backend.fails = async (verb) => {
      if (verb !== 'replace') return
      await world.backend.damage({ 'd:a': `${(value += 1)}` })
      // Longer than the time for which it tries.
      const until = performance.now() + 2
      while (performance.now() < until) await new Promise(setImmediate)
    }
    return visitor.visit((session) => session.update('a', (a: number) => a + 1))
  },

  'a promise of the session failed, and nobody awaited it': async (world) => {
    const visitor = await world.known()
    let isFailing = true
    world.backend.fails = (verb) => isFailing && verb === 'replace' && refused('EROFS')
    return visitor.visit(async (session) => {
      session.set('a', 2)
      void session.commit()
      await new Promise(setImmediate)
      isFailing = false
    })
  },

  'the session is larger than the store holds': async (world) => {
    const visitor = await world.known({}, world.store({ maxSize: 100 }))
    return visitor.visit((session) => session.set('a', 'x'.repeat(100)))
  },

  'a value cannot be stored': async (world) => {
    const visitor = await world.known()
    return visitor.visit((session) => session.set('at', new Date(0)))
  },

  "the handler failed, with `save: 'success'`": async (world) => {
    const visitor = await world.known({ save: 'success' })
    return visitor.visit((session) => {
      write(session)
      throw Object.assign(new Error('of the application'), { code: 'OF_THE_APPLICATION' })
    })
  },

  '`newId` repeats itself': async (world) => {
    const id = Buffer.alloc(32, 7).toString('base64url')
    const store = world.store({ newId: () => id })
    await world.known({}, store)
    return world.visitor({}, store).visit(write)
  },

  'the cookie was cut or invented': async (world) => {
    const visitor = world.visitor()
    visitor.client.cookies.set('__Host-session', 'invented')
    return visitor.visit(read)
  },

  'the session has expired': async (world) => {
    const visitor = await world.known()
    world.time.now += 1_800_000
    return visitor.visit(read)
  },

  'a sealed session has expired': async (world) => {
    const { clock } = world
    const visitor = await world.known({}, new CookieStore({ secret: newSecret(), clock }))
    world.time.now += 1_800_000
    return visitor.visit(read)
  },

  'the session was destroyed, and a copy of the cookie is used': async (world) => {
    const visitor = await world.known()
    const copy = visitor.copy()
    await visitor.visit((session) => session.destroy())
    world.begin()
    return copy.visit(read)
  },

  'the browser sent two live cookies of the name': async (world) => {
    // Of a name that another host of the domain can plant.
    const store = world.store({ name: 'sid' })
    const older = await world.known({}, store)
    world.time.now += 1000
    const newer = await world.known({}, store)
    const both = [older, newer].map(({ client }) => `sid=${client.cookies.get('sid')!.value}`)
    return newer.visit(read, both.join('; '))
  },

  'a clock was set back, and the session is of the time before': async (world) => {
    const visitor = await world.known()
    world.time.now -= 61_000
    return visitor.visit(read)
  },

  'a secret was removed while its cookies are in use': async (world) => {
    const { clock } = world
    const visitor = await world.known({}, new CookieStore({ secret: newSecret(), clock }))
    const later = world.visitor({}, new CookieStore({ secret: newSecret(), clock }))
    for (const { name, value } of visitor.client.cookies) later.client.cookies.set(name, value)
    return later.visit(read)
  },

  'the record of the session is damaged': async (world) => {
    const visitor = await world.known()
    await world.backend.damage({ 'm:seenAt': '"yesterday"' })
    return visitor.visit(read)
  },

  'the record is larger than the store would have written': async (world) => {
    const visitor = await world.known({}, world.store({ maxSize: 100 }))
    await world.backend.damage({ 'd:grown': JSON.stringify('x'.repeat(20_000)) })
    return visitor.visit(read)
  },

  'one value of the session is damaged, and the handler reads it': async (world) => {
    const visitor = await world.known()
    await world.backend.damage({ 'd:a': '{"cut":' })
    return visitor.visit(read)
  },

  'the schema refuses the data': async (world) => {
    const visitor = await world.known()
    const strict = world.visitor({ schema: refusingSchema })
    for (const { name, value } of visitor.client.cookies) strict.client.cookies.set(name, value)
    return strict.visit(read)
  },

  'a newer version of the application wrote the data': async (world) => {
    const visitor = await world.known({ version: 2 })
    const older = world.visitor({ version: 1 })
    for (const { name, value } of visitor.client.cookies) older.client.cookies.set(name, value)
    return older.visit(read)
  },

  'a newer version of Ingot wrote the record': async (world) => {
    const visitor = await world.known()
    await world.backend.damage({ 'm:layout': '9' })
    return visitor.visit(read)
  },

  'the cookie is `Secure`, and the request came over plain http': (world) =>
    world.visitor({}, world.store(), 'http://shop.test').visit(write),
}

const refusingSchema = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: () => ({ issues: [{ message: 'no', path: ['a'] }] }),
  },
}
