import { ServerResponse } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import { logRequests } from '../../src/dev/program/request-log.js'
import { SeenSessions } from '../../src/dev/program/seen-sessions.js'
import { App, MemoryStore, route, Session, sessions } from '../../src/index.js'

test('a request has ended once its response is written: the page that then asks has its cookie', async () => {
  const end = vi.spyOn(ServerResponse.prototype, 'end')
  onTestFinished(() => end.mockRestore())
  const told: string[] = []
  const ended = new Promise<void>((resolve) => {
    logRequests(({ type }) => {
      told.push(`${type}, ${end.mock.calls.length} written`)
      if (type === 'ended') resolve()
    }, new SeenSessions())
  })
  const app = new App({
    components: [sessions(new MemoryStore({ secure: 'auto' }), { onWarning: () => {} })],
    routes: [route.get('/', [Session], (session) => session.set('name', 'Ada'))],
  })
  const server = await app.listen({ port: 0 })
  onTestFinished(() => server.close())
  await fetch(server.url)
  await ended
  expect(told).toEqual([
    'began, 0 written',
    'event, 0 written',
    'event, 0 written',
    'ended, 1 written',
  ])
})
