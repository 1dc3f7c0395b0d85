import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { route } from 'ingot'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from '../under-fire/wire.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('a connection that waits for its next request keeps nothing of the last one', async () => {
  const answered: WeakRef<ServerResponse>[] = []
  const note = (message: unknown): void => {
    answered.push(new WeakRef((message as { response: ServerResponse }).response))
  }
  subscribe('http.server.request.start', note)
  onTestFinished(() => void unsubscribe('http.server.request.start', note))
  const { open } = await serve({ routes: [route.get('/', [], () => 'hello')] })
  const wires = Array.from({ length: 8 }, () => open().send('GET / HTTP/1.1', 'Host: x', '', ''))
  await Promise.all(wires.map((wire) => wire.until(/hello$/)))
  expect(answered).toHaveLength(8)
  // Each collection lets go what the one before has found.
  for (let times = 0; times < 4; times += 1) {
    await new Promise(setImmediate)
    collect()
  }
  expect(answered.filter((response) => response.deref())).toEqual([])
  expect(wires.map(({ socket }) => socket.closed)).not.toContain(true)
  for (const wire of wires) wire.leave()
})
