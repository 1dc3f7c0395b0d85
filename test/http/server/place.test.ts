import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as send, type IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { App, ClientAddress, route, type ListenOptions } from '../../../src/http/index.js'
import { Wire } from '../under-fire/wire.js'

const PROGRAM = 'test/http/server/place-program.ts'
const ROUTES = [route.get('/', [ClientAddress, URL], (client, url) => `${client} ${url.host}`)]

async function listen(where: ListenOptions) {
  const app = new App({ routes: ROUTES })
  onTestFinished(() => app.close())
  return { app, server: await app.listen(where) }
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ingot-place-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A file of a socket, as a process leaves it that was killed. */
async function deadSocket(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  await once(spawn(process.execPath, ['-e', program, path], { stdio: 'ignore' }), 'exit')
}

async function askSocket(socketPath: string): Promise<string> {
  const asked = send({ socketPath, headers: { host: 'shop.test' } }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return String(Buffer.concat((await response.toArray()) as Buffer[]))
}

test('HOST and PORT of the environment decide nothing [B9]', async () => {
  vi.stubEnv('HOST', 'x86_64-conda-linux-gnu')
  vi.stubEnv('PORT', '1')
  onTestFinished(() => void vi.unstubAllEnvs())
  const { server } = await listen({ port: 0 })
  expect(server.url).toBe(`http://localhost:${server.port}`)
  const response = await fetch(`http://127.0.0.1:${server.port}`)
  expect(await response.text()).toBe(`127.0.0.1 127.0.0.1:${server.port}`)
})

test('serves at the file of a socket, and removes it at the end [B11]', async () => {
  const path = join(folder(), 'shop.sock')
  const { app, server } = await listen({ path })
  expect([server.url, server.port]).toEqual([`unix:${path}`, 0])
  expect(await askSocket(path)).toBe('unknown shop.test')
  await app.close()
  expect(existsSync(path)).toBe(false)
})

test('believes the proxy that it counts behind the file of a socket [B11, B15]', async () => {
  const path = join(folder(), 'shop.sock')
  await listen({ path, trustProxy: 1 })
  const wire = new Wire(connect(path))
  wire.send('GET / HTTP/1.0', 'Host: shop.test', 'X-Forwarded-For: 8.8.8.8, 9.9.9.9', '', '')
  expect(await wire.rest()).toMatch(/9\.9\.9\.9 shop\.test$/)
})

test('takes the file of a socket over from a process that was killed [B11]', async () => {
  const path = join(folder(), 'shop.sock')
  await deadSocket(path)
  expect(existsSync(path)).toBe(true)
  await listen({ path })
  expect(await askSocket(path)).toBe('unknown shop.test')
})

test('takes over neither a socket that somebody serves nor a file that is none [B11]', async () => {
  const path = join(folder(), 'shop.sock')
  await listen({ path })
  await expect(listen({ path })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(await askSocket(path)).toBe('unknown shop.test')
  const file = join(folder(), 'notes.txt')
  writeFileSync(file, 'keep me')
  await expect(listen({ path: file })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(existsSync(file)).toBe(true)
})

test('serves at an open descriptor, as systemd hands one over [B11]', async () => {
  const outer = createServer().listen(0, '127.0.0.1')
  await once(outer, 'listening')
  onTestFinished(() => void outer.close())
  const { port } = outer.address() as AddressInfo
  const program = start({ fd: 3 }, [], [outer])
  const told = await program.line()
  // From here on the other process alone takes connections.
  outer.close()
  expect(told).toMatchObject({ url: `http://127.0.0.1:${port}`, port })
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe(String(told.pid))
  await program.end()
})

describe('two workers of node:cluster both serve, and end without a failure', () => {
  const twoWorkers = async (where: object) => {
    const program = start(where, ['cluster'])
    const workers = [await program.line(), await program.line()]
    return { program, workers, pids: workers.map(({ pid }) => String(pid)).toSorted() }
  }

  test('at one port [B10]', async () => {
    const { program, workers, pids } = await twoWorkers({ port: 0 })
    expect(new Set(workers.map(({ port }) => port)).size).toBe(1)
    const url = `http://127.0.0.1:${workers[0]!.port}`
    const asked = [1, 2].map(() => fetch(url, { headers: { connection: 'close' } }))
    const reached = await Promise.all(asked.map(async (response) => (await response).text()))
    expect(reached.toSorted()).toEqual(pids)
    expect(await program.end()).toEqual([{ code: 0 }, { code: 0 }])
  })

  test('at the file of one socket [B10, B11]', async () => {
    const path = join(folder(), 'shop.sock')
    const { program, pids } = await twoWorkers({ path })
    const reached = await Promise.all([askSocket(path), askSocket(path)])
    expect(reached.toSorted()).toEqual(pids)
    expect(await program.end()).toEqual([{ code: 0 }, { code: 0 }])
  })
})

/** What a program tells of itself on a line. */
interface Told {
  readonly url?: string
  readonly port?: number
  readonly pid?: number
  readonly code?: number
}

/** Starts place-program.ts, with the listening sockets that it is handed. */
function start(where: object, more: string[], handed: Server[] = []) {
  const args = ['--import', '@oxc-node/core/register', PROGRAM, JSON.stringify(where), ...more]
  const fds = handed.map((each) => (each as unknown as { _handle: { fd: number } })._handle.fd)
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit', ...fds] })
  onTestFinished(() => void child.kill())
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async () => (await lines.next()) as IteratorResult<string, undefined>
  const line = async (): Promise<Told> => JSON.parse((await next()).value ?? '{}') as Told
  /** Closes the application; returns what was told after that. */
  const end = async (): Promise<Told[]> => {
    child.stdin!.end()
    const rest: Told[] = []
    for (let each = await next(); !each.done; each = await next())
      rest.push(JSON.parse(each.value) as Told)
    return rest
  }
  return { line, end }
}

test.each<[object, string]>([
  [{}, 'listen: nothing is given. Give one of port, path and fd: listen({ port: 3000 }).'],
  [
    { port: 1, path: '/x' },
    'listen: port and path is given. Give one of port, path and fd: listen({ port: 3000 }).',
  ],
  [
    { port: Number('/run/app.sock') },
    'listen: port must be a whole number from 0 to 65535, not NaN. For the file of a socket write listen({ path }).',
  ],
  [
    { port: 65_536 },
    'listen: port must be a whole number from 0 to 65535, not 65536. For the file of a socket write listen({ path }).',
  ],
  [{ fd: -1 }, 'listen: fd must be a whole number from 0 to 2147483647, not -1.'],
  [{ path: '' }, "listen: path is ''. Write the file of a socket."],
])('%j is refused [B11]', async (where, message) => {
  await expect(listen(where as ListenOptions)).rejects.toThrow(message)
})
