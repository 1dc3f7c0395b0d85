import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { recordKey, newSessionId } from '../../src/sessions/session/session-id.js'
import { hygiene, LogHygiene } from './log-hygiene.js'

const SECRET = 'a-secret-of-a-visitor-4111'

describe('LogHygiene', () => {
  const leaksOf = (text: string) => {
    const log = new LogHygiene()
    log.keep('a password', SECRET)
    log.record('stdout', text)
    return log.leaks()
  }

  test('finds a secret in any line, and does not repeat it', () => {
    const found = ['stdout shows a password after "is "']
    expect(leaksOf(`one\nis ${SECRET}\nthree`)).toEqual(found)
    expect(leaksOf(`is ${SECRET.slice(0, 16)}`)).toEqual(found)
    expect(leaksOf(`x${SECRET}x`)).toEqual(['stdout shows a password after "x"'])
    expect(leaksOf(inspect({ deep: [SECRET] }))).toHaveLength(1)
  })

  test('finds nothing in output without a secret', () => {
    expect(leaksOf('')).toEqual([])
    expect(leaksOf(`is ${SECRET.slice(0, 15)}`)).toEqual([])
    const log = new LogHygiene()
    log.keep('a name', 'ada')
    log.record('stdout', 'ada')
    expect(log.leaks()).toEqual([])
  })
})

describe('the whole test run', () => {
  afterEach(() => vi.restoreAllMocks())

  /** This would fail the file if it were really printed. */
  const withSecret = (kind: string, secret: string) => {
    const log = new LogHygiene()
    const [recorded, kept] = [vi.spyOn(hygiene, 'record'), vi.spyOn(hygiene, 'keep')]
    recorded.mockImplementation((where, text) => log.record(where, text))
    kept.mockImplementation((each, text) => log.keep(each, text))
    log.keep(kind, secret)
    return log
  }

  test('remembers each id, key and cookie when it is created [LG-02, LG-03]', () => {
    const kept = vi.spyOn(hygiene, 'keep')
    const id = newSessionId()
    const key = recordKey(id)
    new Headers().append('Set-Cookie', `sid=${SECRET}; Path=/`)
    new Headers([['set-cookie', `sid=received-${SECRET}`]]).getSetCookie()
    const secret = randomBytes(32)
    const known = kept.mock.calls.map(([, text]) => text)
    expect(known).toEqual(
      expect.arrayContaining([id, key, SECRET, `received-${SECRET}`, secret.toString('hex')]),
    )
  })

  test('sees the console, the streams, warnings and programs [LG-02, LG-03]', async () => {
    const log = withSecret('a password', SECRET)
    vi.spyOn(console, 'error').mockImplementation(() => {})
    console.error('failed:', new Error('outer', { cause: new Error(SECRET) }))
    const program = spawn(process.execPath, ['-e', `console.log('${SECRET}')`])
    const [line] = (await once(program.stdout, 'data')) as [Buffer]
    expect(line.toString()).toBe(`${SECRET}\n`)
    const [where] = log.leaks()
    expect(where).toBe('a program shows a password after ""')
    expect(vi.isMockFunction(console.error)).toBe(true)
  })
})
