import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sessionBackendCases, type BackendConformance } from '../../../src/testing/index.js'
import {
  CaselessBackend,
  CountingBackend,
  HonestBackend,
  ImmortalBackend,
  LossyBackend,
  OverwritingBackend,
  ParsingBackend,
  RevivingBackend,
  RightBackend,
  SilentBackend,
  TouchlessBackend,
  UnconditionalBackend,
} from './broken-backend.js'
import { failing } from './failing-cases.js'

const casesOf = (Backend: typeof RightBackend, options?: BackendConformance) =>
  sessionBackendCases(({ clock }) => ({ backend: new Backend(clock) }), options)

test('a correct backend passes', async () => {
  expect(await failing(casesOf(RightBackend))).toEqual([])
})

test.each([
  {
    Backend: LossyBackend,
    name: 'of parallel replacements of one version exactly one is applied, and the others get it',
  },
  {
    Backend: LossyBackend,
    name: 'parallel writers that try again with the record they got lose nothing',
  },
  { Backend: RevivingBackend, name: 'replace and touch do not create a record' },
  {
    Backend: RevivingBackend,
    name: 'a replace or touch at the same time as destroy does not bring the record back',
  },
  { Backend: OverwritingBackend, name: 'create does not change an existing record' },
  {
    Backend: OverwritingBackend,
    name: 'of parallel creates of one key exactly one makes the record',
  },
  { Backend: ImmortalBackend, name: 'a record expires at the exact millisecond' },
  {
    Backend: TouchlessBackend,
    name: 'touch writes the beginning of its text and leaves the version',
  },
  { Backend: TouchlessBackend, name: 'replace and touch set a new expiry' },
  {
    Backend: CountingBackend,
    name: 'touch writes the beginning of its text and leaves the version',
  },
  {
    Backend: UnconditionalBackend,
    name: 'replace of another version writes nothing, and gives the record as it is',
  },
  {
    Backend: SilentBackend,
    name: 'replace of another version writes nothing, and gives the record as it is',
  },
  {
    Backend: CaselessBackend,
    name: 'records of different keys are separate, even when only the case differs',
  },
  { Backend: ParsingBackend, name: 'a text comes back exactly as it was created' },
])('finds a $Backend.name: $name', async ({ Backend, name }) => {
  const cases = casesOf(Backend).filter((one) => one.name === name)
  expect(await failing(cases)).toEqual([name])
})

describe('limits', () => {
  test('what a backend cannot promise is not tested, and the name of a case says so', async () => {
    const cases = casesOf(HonestBackend, { limits: ['atomic-replace'] })
    const names = cases.map(({ name }) => name)
    expect(names).toContain(
      'cannot promise that parallel replacements of one version lose none (atomic-replace)',
    )
    expect(names).not.toContain(
      'of parallel replacements of one version exactly one is applied, and the others get it',
    )
  })

  test('a limit that only the backend declares is an error with the remedy', async () => {
    const [limits] = casesOf(HonestBackend)
    await expect(limits?.run()).rejects.toThrow(
      'the backend declares other limits: pass its `limits` to describeSessionBackend as well',
    )
  })

  test('a backend whose records never expire is found in real time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const cases = sessionBackendCases(() => ({ backend: new ImmortalBackend(Date.now) }), {
      hasClock: false,
    })
    const failed = failing(cases.filter(({ name }) => name === 'a record expires by itself'))
    await vi.advanceTimersByTimeAsync(3000)
    expect(await failed).toEqual(['a record expires by itself'])
  })
})
