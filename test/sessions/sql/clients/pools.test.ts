import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MysqlPool } from '../../../../src/sessions/sql/clients/mysql-pool.js'
import { PgPool } from '../../../../src/sessions/sql/clients/pg-pool.js'
import { CLOSE_TIMEOUT, PooledClient } from '../../../../src/sessions/sql/clients/pooled-client.js'

const statement = { text: 'SELECT 1', gives: 'rows' } as const
const soon = () => performance.now() + 60_000

/** One connection of `pg` or `mysql2`, which tells what becomes of it. */
class FakeConnection extends EventEmitter {
  readonly fate: string[] = []
  error: unknown

  query(_query: unknown, done: (error: unknown, result?: unknown) => void): void {
    if (this.error !== undefined) done(this.error)
    else done(undefined, { rows: [{ one: 1 }], rowCount: 1 })
  }

  execute(_text: string, _values: unknown, done: (error: unknown, result?: unknown) => void): void {
    this.query(undefined, (error, result) => done(error, (result as { rows: unknown })?.rows))
  }

  release(isCut = false): void {
    this.fate.push(isCut ? 'cut' : 'given back')
  }

  destroy(): void {
    this.fate.push('cut')
  }
}

const kinds = {
  pg: (connection: FakeConnection) =>
    new PgPool(
      { connect: (done) => done(undefined, connection as never), end: async () => {} },
      true,
    ),
  mysql2: (connection: FakeConnection) =>
    new MysqlPool({
      getConnection: (done) => done(undefined, connection),
      end: (done) => done(undefined),
      on: () => {},
    }),
}

function clientOf(kind: keyof typeof kinds, error?: unknown) {
  const connection = new FakeConnection()
  connection.error = error
  return { connection, client: new PooledClient<never>(kinds[kind](connection) as never, 'here') }
}

const failed = (fields: object) => Object.assign(new Error('no'), fields)

describe.each(['pg', 'mysql2'] as const)('a connection of a pool of %s', (kind) => {
  test('is given back with its answer, and its server stays the same', async () => {
    const { connection, client } = clientOf(kind)
    const { server } = client
    expect((await client.query(statement, [], soon())).rows).toEqual([{ one: 1 }])
    expect(connection.fate).toEqual(['given back'])
    expect(client.server).toBe(server)
  })

  test('is given back unused when the time is up before it is there', async () => {
    const { connection, client } = clientOf(kind)
    const late = client.query(statement, [], performance.now() - 1)
    await expect(late).rejects.toMatchObject({ reason: 'timeout' })
    expect(connection.fate).toEqual(['given back'])
  })

  test('has at most one listener of ours, however often it is used', async () => {
    const { connection, client } = clientOf(kind)
    for (let count = 0; count < 3; count++) await client.query(statement, [], soon())
    expect(connection.listenerCount('error')).toBe(kind === 'pg' ? 1 : 0)
  })
})

describe('after an error of a statement', () => {
  test.each([
    ['pg', { code: '23505' }, 'given back'],
    ['pg', { code: '57014' }, 'given back'],
    ['pg', { code: '57P01' }, 'cut'],
    ['pg', { code: '08006' }, 'cut'],
    ['pg', { code: 'ECONNRESET' }, 'cut'],
    ['pg', {}, 'cut'],
    ['mysql2', { errno: 1062, code: 'ER_DUP_ENTRY' }, 'given back'],
    // The server tells a connection that was idle for too long, and has closed it.
    ['mysql2', { errno: 4031, fatal: true }, 'cut'],
    ['mysql2', { errno: 0 }, 'cut'],
    ['mysql2', { errno: -104, code: 'ECONNRESET' }, 'cut'],
    ['mysql2', { code: 'PROTOCOL_CONNECTION_LOST' }, 'cut'],
  ] as const)('of %s with %j the connection is %s', async (kind, fields, fate) => {
    const { connection, client } = clientOf(kind, failed(fields))
    const { server } = client
    await expect(client.query(statement, [], soon())).rejects.toThrow('no')
    expect(connection.fate).toEqual([fate])
    expect(client.server === server).toBe(fate === 'given back')
  })
})

describe('a pool of ours that ends while its server hangs', () => {
  const hanging = {
    pg: (cut: () => void) => {
      let end = () => {}
      const ended = new Promise<void>((resolve) => (end = resolve))
      const socket = { destroy: () => (cut(), end()) }
      return new PgPool(
        { connect: () => {}, end: () => ended },
        true,
        new Set([socket as unknown as Socket]),
      )
    },
    mysql2: (cut: () => void) => {
      const connection = Object.assign(new FakeConnection(), { destroy: cut })
      return new MysqlPool(
        { getConnection: () => {}, end: () => {}, on: (_, listener) => listener(connection) },
        [],
      )
    },
  }

  test.each(['pg', 'mysql2'] as const)(
    'waits, and then cuts the connections of %s',
    async (kind) => {
      vi.useFakeTimers()
      onTestFinished(() => void vi.useRealTimers())
      const notes: string[] = []
      const ended = hanging[kind](() => notes.push('cut'))
        .end()
        .then(() => notes.push('ended'))
      await vi.advanceTimersByTimeAsync(CLOSE_TIMEOUT - 1)
      expect(notes).toEqual([])
      await vi.advanceTimersByTimeAsync(1)
      await ended
      expect(notes).toEqual(['cut', 'ended'])
    },
  )
})
