import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sessionBackendCases, type BackendConformance } from '../../../src/testing/index.js'
import {
  CaselessBackend,
  HonestBackend,
  ImmortalBackend,
  LossyBackend,
  ObjectBackend,
  OverwritingBackend,
  RevivingBackend,
  RightBackend,
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
  { Backend: LossyBackend, name: 'parallel patches of different fields lose none' },
  {
    Backend: LossyBackend,
    name: 'patch that expects another text, presence or version writes nothing',
  },
  { Backend: RevivingBackend, name: 'patch and touch do not create a record' },
  {
    Backend: RevivingBackend,
    name: 'a patch or touch at the same time as destroy does not bring the record back',
  },
  { Backend: OverwritingBackend, name: 'create does not change an existing record' },
  {
    Backend: OverwritingBackend,
    name: 'of parallel creates of one key exactly one makes the record',
  },
  { Backend: ImmortalBackend, name: 'a record expires at the exact millisecond' },
  { Backend: TouchlessBackend, name: 'touch writes its fields and leaves the version' },
  { Backend: TouchlessBackend, name: 'patch and touch set a new expiry' },
  {
    Backend: UnconditionalBackend,
    name: 'of parallel patches that expect the same text exactly one is applied',
  },
  {
    Backend: CaselessBackend,
    name: 'records of different keys are separate, even when only the case differs',
  },
  { Backend: ObjectBackend, name: 'fields come back exactly as they were created' },
])('finds a $Backend.name: $name', async ({ Backend, name }) => {
  const cases = casesOf(Backend).filter((one) => one.name === name)
  expect(await failing(cases)).toEqual([name])
})

describe('limits', () => {
  test('what a backend cannot promise is not tested, and the name of a case says so', async () => {
    const cases = casesOf(HonestBackend, { limits: ['atomic-patch'] })
    const names = cases.map(({ name }) => name)
    expect(names).toContain(
      'cannot promise that parallel patches of different fields lose none (atomic-patch)',
    )
    expect(names).not.toContain('parallel patches of different fields lose none')
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
