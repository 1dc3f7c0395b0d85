import { createHash } from 'node:crypto'
import { App, Param, route, Session, sessions } from '../../src/index.js'
import { Storages } from '../web/storages/storage.js'
import type { Filling, Fillings, Place } from './figures.js'
import { keepers } from './keeper.js'

/** Requests that are under way at the same time. */
const AT_ONCE = 64
/** How many of the first size belong to users, and how often each of these is written again. */
const WITH_USERS = 0.3
/** How many are begun by visitors where the others can be copies of them. */
const BEGUN = 30_000
const AGAIN = 3
const ORIGIN = 'https://shop.example'

/**
 * Keeps so many sessions with the real store, as visitors of an application would begin them.
 *
 * @param sizes numbers of sessions, each larger than the one before.
 * @param kept what each session holds beside its `count`.
 */
export async function fill(
  place: Place,
  sizes: readonly number[],
  kept: Readonly<Record<string, unknown>>,
): Promise<Fillings> {
  const growing: Filling[] = []
  const all = await World.open(place, kept)
  for (const [index, size] of sizes.entries()) {
    await all.grow(sizes[index - 1] ?? 0, size)
    growing.push(await all.weigh(size))
  }
  await all.close()

  const size = Math.round(sizes[0]! * WITH_USERS)
  const users = await World.open(place, kept)
  await users.repeat(size, (index) => ({ path: `/begin/u_${index}` }))
  const ofUsers = await users.weigh(size)
  for (let times = 0; times < AGAIN; times++)
    await users.repeat(size, (index) => ({ path: '/again', session: index + 1 }))
  const written = await users.weigh(size)
  await users.close()
  return { growing, ofUsers, written }
}

interface Ask {
  readonly path: string
  /** The number of the session of the visitor who asks. Default: none yet. */
  readonly session?: number
}

/** An application, and what keeps its sessions. */
class World {
  readonly #parts: Awaited<ReturnType<typeof partsOf>>
  readonly #place: Place
  #empty = 0

  private constructor(place: Place, parts: Awaited<ReturnType<typeof partsOf>>) {
    this.#place = place
    this.#parts = parts
  }

  static async open(place: Place, kept: Readonly<Record<string, unknown>>): Promise<World> {
    const world = new World(place, await partsOf(place, kept))
    // What is made once, such as a table and its first pages, is no part of a session.
    await world.#ask({ path: '/begin' })
    world.#empty = await world.#parts.keeper.bytes()
    return world
  }

  /** Makes so many requests. */
  async repeat(times: number, ask: (index: number) => Ask): Promise<void> {
    let next = 0
    const lane = async () => {
      while (next < times) {
        if (next % 5000 === 0) process.stderr.write(`\r${this.#place}: ${next} of ${times} `)
        await this.#ask(ask(next++))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
    process.stderr.write('\r\u001B[K')
  }

  /** From so many sessions to so many. */
  async grow(from: number, to: number): Promise<void> {
    const { copy } = this.#parts.keeper
    const begun = copy ? Math.max(0, Math.min(to, BEGUN) - from) : to - from
    await this.repeat(begun, () => ({ path: '/begin' }))
    if (from + begun < to) await copy!(to - from - begun)
    // Was the first one evicted meanwhile? Then this throws.
    await this.#ask({ path: '/again', session: 0 })
  }

  async weigh(sessions: number): Promise<Filling> {
    return { sessions, bytes: (await this.#parts.keeper.bytes()) - this.#empty }
  }

  async close(): Promise<void> {
    const { app, keeper, storages } = this.#parts
    await app.close()
    await keeper.stop()
    await storages.stop()
  }

  async #ask({ path, session }: Ask): Promise<void> {
    const headers = session === undefined ? {} : { cookie: `__Host-session=${idOf(session)}` }
    const request = new Request(ORIGIN + path, { method: 'POST', headers })
    const response = await this.#parts.app.fetch(request)
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${this.#place}, ${path}: ${text}`)
  }
}

async function partsOf(place: Place, kept: Readonly<Record<string, unknown>>) {
  const storages = new Storages()
  // Sessions in memory are kept by this process.
  const storage = place === 'memory' ? undefined : await storages.of(place)
  let ids = 0
  const keeper = await keepers[place](storage?.url ?? '', () => idOf(ids++))
  const begin = (session: Session) => {
    for (const [key, value] of Object.entries(kept)) session.set(key, value)
    session.set('count', 1)
    return 'begun'
  }
  const app = new App({
    routes: [
      route.post('/begin', [Session], begin),
      route.post('/begin/:user', [Session, Param('user')], (session, user) => {
        session.bind(user)
        return begin(session)
      }),
      route.post('/again', [Session], (session: Session<{ count: number }>) => {
        const count = session.get('count')
        if (count === undefined) throw new Error('A session is not there')
        session.set('count', count + 1)
        return 'written'
      }),
    ],
    components: [sessions(keeper.store, { deadline: 60_000 }), ...keeper.components],
  })
  await app.ready()
  return { app, keeper, storages }
}

/** As long as one of 32 random bytes, and in no order. */
function idOf(number: number): string {
  return createHash('sha256').update(`${number}`).digest('base64url')
}
