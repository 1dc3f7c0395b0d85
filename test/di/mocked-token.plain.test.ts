import { expect, test, vi } from 'vitest'
import { App, route, value } from '../../src/index.js'
import { Clock } from './fixtures/clock.js'

vi.mock('./fixtures/clock.js', async (original) => {
  const { token } = await import('../../src/index.js')
  return { ...(await original<object>()), Clock: token('a mock of the clock') }
})

test('a token of a module that is mocked is the token of the mock, for who asks and who provides [C16]', async () => {
  const app = new App({
    components: [value(Clock, { year: 1999 })],
    routes: [route.get('/', (clock: Clock) => clock.year)],
  })
  expect(String(Clock)).toBe("token('a mock of the clock')")
  const response = await app.fetch(new Request('https://shop.example/'))
  expect(await response.json()).toBe(1999)
})
