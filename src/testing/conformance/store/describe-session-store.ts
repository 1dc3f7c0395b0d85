import assert from 'node:assert/strict'
import type { StoreCapabilities } from '../../../sessions/index.js'
import { register, type ConformanceCase, type TestRunner } from '../conformance-case.js'
import type { StoreChecks } from './checks.js'
import { cookieChecks } from './cookies.js'
import { isNotStuck } from './damage.js'
import { endingChecks, revocationChecks } from './endings.js'
import { expiryChecks } from './expiry.js'
import { lastingEndChecks } from './lasting-ends.js'
import { expiredWriteChecks, lostWriteChecks } from './lost-writes.js'
import { mergeChecks, raceChecks, revivalChecks, takeChecks } from './races.js'
import { OTHER_NAME, sharesNothing } from './shared-backend.js'
import { valueChecks } from './values.js'
import { VisitedApp, type StoreConditions, type StoreWorld } from './visited-app.js'

/** Makes an empty store for one test. */
export type OpenStore<World extends StoreWorld = StoreWorld> = (
  conditions: StoreConditions,
) => World | Promise<World>

/** What the tests have to know about a store. */
export interface StoreConformance<World extends StoreWorld = StoreWorld> {
  /**
   * What the store promises, the same as in its `capabilities`. What it cannot promise is not tested, and the
   * name of a case says so. Default: everything.
   */
  readonly capabilities?: Partial<StoreCapabilities>
  /** Whether the store uses the given clock and timeouts; if not, expiry is not tested. Default: true. */
  readonly hasClock?: boolean
  /** How many sessions the store keeps: for the test that requests without a session create none. Default: not tested. */
  readonly count?: (world: World) => number | Promise<number>
  /** Cuts the store off from where it keeps sessions: for the test that an outage logs nobody out. Default: not tested. */
  readonly interrupt?: (world: World) => unknown
  /**
   * Damages the values `a` and `b` of the one session that the store keeps: for the test that its visitor is not
   * stuck. Default: not tested.
   */
  readonly damage?: (world: World) => unknown
  /**
   * Makes a second store of this cookie name over the same backend, which needs the same components: for the test
   * that the cookie of one is worthless for the other. Default: not tested.
   */
  readonly beside?: (world: World, name: string, conditions: StoreConditions) => World['store']
}

/**
 * Registers the tests that every session store has to pass: values, isolation, wrong cookies, destroying,
 * expiry, races, lost writes and damage. They send requests to an application.
 *
 * ```ts
 * describeSessionStore('FileStore', ({ clock, idleTimeout, absoluteTimeout }) => {
 *   return { store: new FileStore({ clock, idleTimeout, absoluteTimeout }) }
 * })
 * ```
 *
 * @param open makes the store for one test.
 * @param options take `describe` and `test` of the test runner too, where they are not global.
 * @throws TypeError when `test` is neither given nor global.
 */
export function describeSessionStore<World extends StoreWorld>(
  name: string,
  open: OpenStore<World>,
  options: StoreConformance<World> & TestRunner = {},
): void {
  register(`${name} as a session store`, sessionStoreCases(open, options), options)
}

/** The same tests as a list, for a runner without `test`. */
export function sessionStoreCases<World extends StoreWorld>(
  open: OpenStore<World>,
  options: StoreConformance<World> = {},
): ConformanceCase[] {
  const { hasClock = true, count, interrupt, damage, beside } = options
  const promised = { ...EVERYTHING, ...options.capabilities }
  const checks: Checks<World> = {
    'the store declares the capabilities that its tests were given': (app) =>
      areCapabilities(app, promised),
    ...valueChecks,
    ...cookieChecks,
    ...endingChecks,
    ...raceChecks,
    ...checksFor(promised, 'isRevocable', {
      ...revocationChecks,
      ...revivalChecks,
      ...lostWriteChecks,
      ...(hasClock && lastingEndChecks),
    }),
    ...checksFor(promised, 'mergesWrites', mergeChecks),
    ...checksFor(promised, 'takesOnce', takeChecks),
    ...(hasClock
      ? { ...expiryChecks, ...expiredWriteChecks }
      : { 'takes no clock, so its expiry is not tested here': nothing }),
    ...(count && { 'requests without a session create none': (app) => leavesNothing(app, count) }),
    ...(interrupt && {
      'while the store is down, the response is a 503 without a cookie': (app) =>
        isUnavailable(app, interrupt),
    }),
    ...(damage && {
      'a visitor whose session was damaged where it is kept can go on, log out and begin anew': (
        app,
      ) => isNotStuck(app, () => damage(app.world)),
    }),
    ...(beside && {
      'the cookie of one store is worthless for a store of another cookie name over one backend':
        async (app) => {
          const other = app.beside(beside(app.world, OTHER_NAME, app.conditions))
          try {
            await sharesNothing(app, other)
          } finally {
            await other.close()
          }
        },
    }),
  }
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const app = await VisitedApp.open(open)
      try {
        await check(app)
      } finally {
        await app.close()
      }
    },
  }))
}

type Checks<World extends StoreWorld> = Record<string, (app: VisitedApp<World>) => Promise<void>>

const EVERYTHING: StoreCapabilities = { isRevocable: true, mergesWrites: true, takesOnce: true }

const MEANING: Readonly<Record<keyof StoreCapabilities, string>> = {
  isRevocable: 'a copy of the cookie is worthless once the session was destroyed',
  mergesWrites: 'parallel requests of one session keep what each of them writes',
  takesOnce: 'take() gives a value to one request only',
}

/** The tests of a capability, or a case whose name says that the store does not have it. */
function checksFor(
  promised: StoreCapabilities,
  capability: keyof StoreCapabilities,
  checks: StoreChecks,
): StoreChecks {
  if (promised[capability]) return checks
  return { [`cannot promise that ${MEANING[capability]} (${capability})`]: nothing }
}

/** A case that only prints its name; another test checks that the store declares the same. */
async function nothing(): Promise<void> {}

async function areCapabilities(app: VisitedApp, promised: StoreCapabilities): Promise<void> {
  const { isRevocable, mergesWrites, takesOnce } = (await app.store()).capabilities
  assert.deepEqual(
    { isRevocable, mergesWrites, takesOnce },
    promised,
    'the store declares other capabilities: pass its `capabilities` to describeSessionStore as well',
  )
}

async function leavesNothing<World extends StoreWorld>(
  app: VisitedApp<World>,
  count: (world: World) => number | Promise<number>,
): Promise<void> {
  const { header, cookie } = await app.visitor().begin()
  const before = await count(app.world)
  for (const sent of [undefined, `${cookie.name}=${'A'.repeat(43)}`, `${header}A`]) {
    await app.visitor().visit((session) => session.get('a'), sent)
    await app.visitor().visit((session) => session.destroy(), sent)
  }
  assert.equal(await count(app.world), before)
}

async function isUnavailable<World extends StoreWorld>(
  app: VisitedApp<World>,
  interrupt: (world: World) => unknown,
): Promise<void> {
  const visitor = await app.visitor().begin()
  await interrupt(app.world)
  const { status, hasRun, setCookies, headers } = await visitor.attempt((session) => session.id)
  assert.deepEqual([status, hasRun, setCookies], [503, false, []])
  assert.ok(headers.has('retry-after'), 'without Retry-After')
}
