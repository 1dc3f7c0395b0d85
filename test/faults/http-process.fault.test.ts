import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { Load } from '../http/under-fire/load.js'

const PROGRAM = ['--import', '@oxc-node/core/register', 'test/faults/http-program.ts']

/** Starts the server in its own process, with so many file descriptors. */
async function start(descriptors = 15_000) {
  const command = `ulimit -n ${descriptors} && exec "$0" "$@"`
  const child = spawn('sh', ['-c', command, process.execPath, ...PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value)
  const port = Number(await line())
  const exited = once(child, 'exit') as Promise<[code: number | null]>
  /** Ends it with SIGTERM: its exit code, what it has stored, and how many milliseconds it took. */
  const terminate = async () => {
    const before = performance.now()
    child.kill('SIGTERM')
    const [code] = await exited
    const milliseconds = performance.now() - before
    return { code, stored: JSON.parse(await line()) as string[], milliseconds }
  }
  const sockets: Socket[] = []
  onTestFinished(() => void sockets.map((socket) => socket.destroy()))
  const open = async () => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket.on('error', () => {}))
    await once(socket, 'connect')
    return socket
  }
  return { url: `http://127.0.0.1:${port}`, terminate, open }
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n'

/** Sends a request, waits for the response, and leaves the connection open. */
async function ask(socket: Socket): Promise<string> {
  socket.write(`${GET}\r\n`)
  return String((await once(socket, 'data'))[0])
}

test('SIGTERM under load: all acknowledged writes are stored, requests under way are answered, exit 0 [PR-01]', async () => {
  const { url, terminate } = await start()
  const load = new Load(url, 30)
  await expect.poll(() => load.bodies.length, { timeout: 60_000 }).toBeGreaterThan(1000)
  const { code, stored, milliseconds } = await terminate()
  await load.over
  expect(code).toBe(0)
  expect(milliseconds).toBeLessThan(5000)
  expect(stored.sort()).toEqual(load.bodies.sort())
})

test('SIGTERM with 1,000 idle and 100 silent connections ends the process within a second [PR-02]', async () => {
  const { open, terminate } = await start()
  const idle = await Promise.all(Array.from({ length: 1000 }, open))
  await Promise.all(idle.map(ask))
  await Promise.all(Array.from({ length: 100 }, open))
  const { code, milliseconds } = await terminate()
  expect(code).toBe(0)
  expect(milliseconds).toBeLessThan(1000)
})

test('out of file descriptors, the server keeps serving the open connections, and recovers [PR-09]', async () => {
  const { url, open, terminate } = await start(250)
  const first = await open()
  const sockets = await Promise.all(Array.from({ length: 400 }, open))
  expect(await ask(first)).toMatch(/^HTTP\/1\.1 200 /)
  const closed = sockets.map(async (socket) => {
    if (!socket.closed) await once(socket.destroy(), 'close')
  })
  await Promise.all(closed)
  const alive = async (): Promise<boolean> => (await fetch(url).catch(() => undefined))?.ok ?? false
  await expect.poll(alive).toBe(true)
  expect((await terminate()).code).toBe(0)
})

test('by default, 500 request heads that come byte by byte are cut off within 10 seconds, and others are served [DS-06]', async () => {
  const { url, open } = await start()
  const before = performance.now()
  const slow = await Promise.all(Array.from({ length: 500 }, open))
  const cut = slow.map((socket) => {
    socket.write(GET)
    const drip = setInterval(() => socket.write('X'), 1000)
    return new Promise<void>((resolve) => {
      socket.resume().once('close', () => resolve(clearInterval(drip)))
    })
  })
  expect((await fetch(url)).status).toBe(200)
  await Promise.all(cut)
  expect(performance.now() - before).toBeLessThan(10_000)
  expect((await fetch(url)).status).toBe(200)
})

test('5,000 idle connections take less than 100 MiB [DS-09]', async () => {
  const { url, open } = await start()
  const memory = async () => Number(await (await fetch(`${url}/memory`)).text())
  await memory()
  const before = await memory()
  for (let batch = 0; batch < 10; batch++) {
    const idle = await Promise.all(Array.from({ length: 500 }, open))
    await Promise.all(idle.map(ask))
  }
  expect(((await memory()) - before) / 2 ** 20).toBeLessThan(100)
  expect((await fetch(url)).status).toBe(200)
})
