import { expect, test } from 'vitest'
import { App, route } from '../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../src/sessions/index.js'
import { testClient } from '../../src/testing/index.js'

test('a stream that stays open delays no other request of its session [RA-21]', async () => {
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined
  const app = new App({
    components: [sessions(new MemoryStore())],
    routes: [
      route.get('/events', [Session], (session) => {
        session.set('listens', true)
        return new ReadableStream<Uint8Array>({ start: (controller) => void (stream = controller) })
      }),
      route.post('/', [Session], (session) =>
        session.update('count', (count: number = 0) => count + 1),
      ),
      route.get('/', [Session], (session) => session.toObject()),
    ],
  })
  const client = testClient(app)
  const events = await client.get('/events')
  for (let count = 0; count < 50; count++) await client.post('/')
  expect(await client.json('/')).toEqual({ listens: true, count: 50 })
  stream?.enqueue(new TextEncoder().encode('data: still here\n\n'))
  stream?.close()
  expect(await events.text()).toBe('data: still here\n\n')
})
