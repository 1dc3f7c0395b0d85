import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { inject, Next, route } from 'ingot'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serve, type Wire } from '../under-fire/wire.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test.each([
  ['of a text', '/', /hello$/],
  ['without content', '/none', /\r\n\r\n$/],
  ['that a middleware has opened', '/opened', /hello$/],
])(
  'a connection that waits for its next request keeps nothing of a response %s',
  async (_, path, end) => {
    const answered: WeakRef<ServerResponse>[] = []
    const note = (message: unknown): void => {
      answered.push(new WeakRef((message as { response: ServerResponse }).response))
    }
    subscribe('http.server.request.start', note)
    onTestFinished(() => void unsubscribe('http.server.request.start', note))
    const open = await serveAll()
    const wires = Array.from({ length: 8 }, () =>
      open().send(`GET ${path} HTTP/1.1`, 'Host: x', '', ''),
    )
    await Promise.all(wires.map((wire) => wire.until(end)))
    expect(answered).toHaveLength(8)
    // Each collection lets go what the one before has found.
    for (let times = 0; times < 4; times += 1) {
      await new Promise(setImmediate)
      collect()
    }
    expect(answered.filter((response) => response.deref())).toEqual([])
    expect(wires.map(({ socket }) => socket.closed)).not.toContain(true)
    for (const wire of wires) wire.leave()
  },
)

test('a connection that was silent for a while before its first request has the shape of all others', async () => {
  const sockets: Socket[] = []
  const note = (message: unknown): void => {
    sockets.push((message as { socket: Socket }).socket)
  }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const open = await serveAll()
  subscribe('net.server.socket', note)
  onTestFinished(() => void unsubscribe('net.server.socket', note))
  const silent = open()
  while (sockets.length < 1) await new Promise(setImmediate)
  vi.advanceTimersToNextTimer()
  expect(sockets.map(({ timeout }) => timeout)).toEqual([120_000])
  const busy = open()
  for (const wire of [silent, busy]) {
    await wire.send('GET / HTTP/1.1', 'Host: x', '', '').until(/hello$/)
  }
  // V8 compiles for objects that got their properties in one order, and slower code for two.
  const [first, second] = sockets.map((socket) => Reflect.ownKeys(socket).map(String))
  expect(first).toEqual(second)
  for (const wire of [silent, busy]) wire.leave()
})

async function serveAll(): Promise<() => Wire> {
  const marking = inject([Next], async (next) => {
    const response = await next()
    response.headers.set('x-mark', 'yes')
    return response
  })
  const opened = route.get('/opened', [], () => 'hello')
  const { open } = await serve({
    routes: [
      route.get('/', [], () => 'hello'),
      route.get('/none', [], () => undefined),
      route.group('', [[opened]], { middleware: [marking] }),
    ],
  })
  return open
}
