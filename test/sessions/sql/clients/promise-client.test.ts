import { expect, test, vi } from 'vitest'
import { PromiseClient } from '../../../../src/sessions/sql/clients/promise-client.js'
import { timeUntil } from '../../../../src/sessions/sql/clients/sql-client.js'

const statement = { text: 'SELECT 1', gives: 'row' } as const
const soon = () => performance.now() + 60_000

test('a client that failed may lead to another server next, and one that answered does not', async () => {
  let isDown = false
  const client = new PromiseClient('here', async () => {
    if (isDown) throw new Error('down')
    return { rows: [], count: 0 }
  })
  const { server } = client
  await client.query(statement, [], soon())
  expect(client.server).toBe(server)
  isDown = true
  await expect(client.query(statement, [], soon())).rejects.toThrow('down')
  expect(client.server).not.toBe(server)
})

test('a client that gives no answer in time is silent, and may lead to another server next', async () => {
  const client = new PromiseClient('here', () => new Promise(() => {}))
  const { server } = client
  await expect(client.query(statement, [], performance.now())).rejects.toMatchObject({
    reason: 'timeout',
  })
  expect(client.server).not.toBe(server)
})

test.each([
  [1000, 1],
  [999, 0],
  [0, 0],
  [1010, 11],
  [1010.5, 12],
])(
  'a deadline at %f is over after so many milliseconds at 1000, for timers may be early',
  (deadline, left) => {
    using _ = vi.spyOn(performance, 'now').mockReturnValue(1000)
    expect(timeUntil(deadline)).toBe(left)
  },
)
