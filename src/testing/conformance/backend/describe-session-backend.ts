import assert from 'node:assert/strict'
import type { BackendLimit } from '../../../sessions/index.js'
import { clockChecks, realTimeChecks } from './expiry.js'
import { indexChecks } from './user-index.js'
import { backendRaces } from './races.js'
import { recordChecks } from './records.js'
import { register, type ConformanceCase, type TestRunner } from '../conformance-case.js'
import type { BackendChecks, BackendConditions, BackendWorld } from './opened-backend.js'

/** Makes a backend for one test. */
export type OpenBackend = (conditions: BackendConditions) => BackendWorld | Promise<BackendWorld>

/** What the tests have to know about a backend. */
export interface BackendConformance {
  /**
   * What the backend cannot promise, the same as in its `limits`. It is not tested, and the name of a case
   * says so. Default: nothing.
   */
  readonly limits?: readonly BackendLimit[]
  /** Whether the backend uses the given clock; if not, the tests wait in real time. Default: true. */
  readonly hasClock?: boolean
  /** Whether the backend can find the sessions of a user. Default: true. */
  readonly hasIndex?: boolean
}

/**
 * Registers the tests that every `SessionBackend` has to pass: its five methods, the expiry of records, and
 * races.
 *
 * ```ts
 * describeSessionBackend('TableBackend', () => ({ backend: new TableBackend(pool) }), { hasClock: false })
 * ```
 *
 * @param open makes the backend for one test; each test uses its own keys.
 * @param options take `describe` and `test` of the test runner too, where they are not global.
 * @throws TypeError when `test` is neither given nor global.
 */
export function describeSessionBackend(
  name: string,
  open: OpenBackend,
  options: BackendConformance & TestRunner = {},
): void {
  register(`${name} as a session backend`, sessionBackendCases(open, options), options)
}

/** The same tests as a list, for a runner without `test`. */
export function sessionBackendCases(
  open: OpenBackend,
  options: BackendConformance = {},
): ConformanceCase[] {
  const { limits = [], hasClock = true, hasIndex = true } = options
  const races = (Object.keys(backendRaces) as BackendLimit[]).map((limit) =>
    limits.includes(limit) ? printOnly(limit) : backendRaces[limit],
  )
  const checks: BackendChecks = {
    'the backend declares the limits that its tests were given': async ({ backend }) => {
      assert.deepEqual(
        [...(backend.limits ?? [])].sort(),
        [...limits].sort(),
        'the backend declares other limits: pass its `limits` to describeSessionBackend as well',
      )
      assert.equal(backend.index !== undefined, hasIndex, 'hasIndex')
    },
    ...recordChecks,
    ...(hasClock ? clockChecks : realTimeChecks),
    ...Object.assign({}, ...races),
    ...(hasIndex ? indexChecks : { [NO_INDEX]: nothing }),
  }
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      let now = Date.now()
      const { backend, close } = await open({ clock: () => now })
      try {
        await check({ backend, pass: (milliseconds) => (now += milliseconds) })
      } finally {
        await close?.()
      }
    },
  }))
}

const MEANING: Readonly<Record<BackendLimit, string>> = {
  'atomic-replace': 'parallel replacements of one version lose none',
  'no-revival': 'a replace at the same time as destroy does not bring the record back',
  'exclusive-create': 'of parallel creates of one key exactly one makes the record',
}

const NO_INDEX = 'cannot find the sessions of a user, so session.bind throws (no index)'

function printOnly(limit: BackendLimit): BackendChecks {
  return { [`cannot promise that ${MEANING[limit]} (${limit})`]: nothing }
}

/** A case that only prints its name; another test checks that the backend declares the same. */
async function nothing(): Promise<void> {}
