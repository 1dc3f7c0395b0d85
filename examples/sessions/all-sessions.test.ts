import { AllSessions, MemoryStore } from 'ingot'
import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createApp, endForgotten } from './all-sessions.js'

test('a job ends the sessions that a user has forgotten, and an administrator sees the others', async () => {
  let now = 1_700_000_000_000
  await using app = createApp(new MemoryStore({ clock: () => now }))
  await testClient(app).post('/login/ada')
  now += 86_400
  await testClient(app).post('/login/ada')
  await testClient(app).post('/login/bob')
  expect(await app.run([AllSessions], (all) => all.count('ada'))).toBe(2)
  expect(await endForgotten(app, 'ada', new Date(now - 1))).toBe(1)
  const left = await testClient(app).json<{ seenAt: string }[]>('/admin/users/ada/sessions')
  expect(left.map(({ seenAt }) => Date.parse(seenAt))).toEqual([now])
  expect(await app.run([AllSessions], (all) => all.count('bob'))).toBe(1)
})
