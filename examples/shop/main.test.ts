import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'

// Each test starts a process, which takes longer while others do.
vi.setConfig({ testTimeout: 30_000 })

/** Runs the program as `npm start` does. */
function start(env: Record<string, string>) {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const program = spawn(process.execPath, ['--import', '@oxc-node/core/register', main], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void program.kill('SIGKILL'))
  const printed = { out: [] as string[], err: [] as string[] }
  const out = createInterface(program.stdout).on('line', (line) => printed.out.push(line))
  createInterface(program.stderr).on('line', (line) => printed.err.push(line))
  const ended = once(program, 'close') as Promise<[code: number | null, signal: string | null]>
  return { program, printed, firstLine: once(out, 'line') as Promise<[string]>, ended }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'the shop prints its address, serves, and ends cleanly on %s',
  async (signal) => {
    const { program, printed, firstLine, ended } = start({
      SESSION_SECRET: 'a secret for tests of 32 bytes or more',
    })
    const [line] = await firstLine
    const address = /^The shop is open at (http:\/\/localhost:\d+) \(sessions: cookie\)$/.exec(line)
    expect(address, line).not.toBeNull()
    const response = await fetch(`${address?.[1]}/healthz`)
    expect(await response.json()).toEqual({ ok: true })
    program.kill(signal)
    expect(await ended).toEqual([0, null])
    expect(printed).toEqual({ out: [line], err: [] })
  },
)

test('a request in flight ends before the shop does, and a new one is not accepted', async () => {
  const { program, firstLine, ended } = start({ SESSION_STORE: 'memory' })
  const [line] = await firstLine
  const address = /http:\S+/.exec(line)?.[0]
  const headers = { 'content-type': 'application/json', expect: '100-continue' }
  const slow = request(`${address}/api/notes/slow`, { method: 'PUT', headers })
  slow.write('{"text":')
  await once(slow, 'continue')
  program.kill('SIGTERM')
  const isOpen = () =>
    fetch(`${address}/healthz`).then(
      () => true,
      () => false,
    )
  await expect.poll(isOpen, { timeout: 5000 }).toBe(false)
  slow.end('"kept"}')
  const [response] = (await once(slow, 'response')) as [{ statusCode: number }]
  expect(response.statusCode).toBe(204)
  expect(await ended).toEqual([0, null])
})

test('without a secret it makes one and says so', async () => {
  const { program, printed, firstLine, ended } = start({})
  await firstLine
  program.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(printed.err).toEqual([
    'SESSION_SECRET is not set: using a random one, so sessions end with this process.',
  ])
})

test('no secret is needed when the server stores the sessions', async () => {
  const { program, printed, firstLine, ended } = start({ SESSION_STORE: 'memory' })
  const [line] = await firstLine
  expect(line).toMatch(/\(sessions: memory\)$/)
  program.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(printed.err).toEqual([])
})

test.each([
  [
    { SESSION_STORE: 'mongo' },
    `SESSION_STORE is 'mongo', but this shop knows cookie, memory, sqlite, postgres, mysql and redis.`,
  ],
  [{ PORT: 'http' }, `PORT is 'http', but a port is a whole number from 0 to 65535.`],
])('it does not start with %j, and says why in one line', async (env, message) => {
  const { printed, ended } = start(env)
  expect(await ended).toEqual([1, null])
  expect(printed).toEqual({ out: [], err: [message] })
})
