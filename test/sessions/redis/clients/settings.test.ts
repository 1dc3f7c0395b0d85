import { expect, test } from 'vitest'
import { reconnectDelay } from '../../../../src/sessions/redis/clients/settings.js'

test('a client waits longer after each attempt to connect, and at most half a second', () => {
  expect([1, 2, 20, 1000].map(reconnectDelay)).toEqual([25, 50, 500, 500])
})
