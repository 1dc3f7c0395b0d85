import { App, MemoryStore, route, Session, sessions } from 'ingot'
import { describe, expect, test } from 'vitest'
import { systemTimer, within } from '../../../src/sessions/calls/deadline.js'

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
const late = () => new Error('late')

describe('the deadline of a call', () => {
  test('leaves no timer behind when a store answers in time, or fails in time', async () => {
    const before = timers()
    const answered = within(Promise.resolve('value'), 60_000, systemTimer(), late)
    const failed = within(Promise.reject(new Error('no')), 60_000, systemTimer(), late)
    expect(timers()).toBe(before + 2)
    expect(await answered).toBe('value')
    await expect(failed).rejects.toThrow('no')
    expect(timers()).toBe(before)
  })

  test('leaves none after a request, so that nothing keeps the process alive', async () => {
    const app = new App({
      components: [sessions(new MemoryStore())],
      routes: [route.post('/', [Session], (session) => void session.set('a', 1))],
    })
    await app.ready()
    const before = timers()
    const response = await app.fetch(new Request('https://shop.test/', { method: 'POST' }))
    expect([response.status, timers()]).toEqual([204, before])
    await app.close()
  })
})
