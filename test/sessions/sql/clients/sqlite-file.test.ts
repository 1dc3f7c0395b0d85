import { describe, expect, test } from 'vitest'
import { SqliteFile } from '../../../../src/sessions/sql/clients/sqlite-file.js'

const READ = { text: 'SELECT', gives: 'row' } as const
const WRITE = { text: 'UPDATE', gives: 'count' } as const

/** A file that tells what it was asked for, in order; `refuse` says for which value, and with which code. */
function fileWith(isOurs: boolean, refuse: (value: unknown, asked: number) => string | undefined) {
  const asked: unknown[] = []
  const ask = (value: unknown) => {
    asked.push(value)
    const code = refuse(value, asked.length)
    if (code !== undefined) throw Object.assign(new Error(), { code })
    return { value, changes: 1 }
  }
  const statement = { get: ask, run: ask, all: (value: unknown) => [ask(value)] }
  const database = { prepare: () => statement, exec: ask, close: () => asked.push('closed') }
  const file = new SqliteFile(database, 'here', isOurs)
  const send = (kind: typeof READ | typeof WRITE, value: string, deadline = Infinity) =>
    file.query(kind, [value], deadline).then(({ rows, count }) => rows[0]?.['value'] ?? count)
  return { asked, send }
}

const fine = () => undefined
const outcomes = async (work: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map((one) =>
    one.status === 'fulfilled' ? one.value : (one.reason.code ?? one.reason.reason),
  )

describe('what a file of ours is asked for in one turn of the event loop', () => {
  test('is one transaction of those who read, and one of those who write', async () => {
    const { asked, send } = fileWith(true, fine)
    const work = [send(WRITE, 'a'), send(READ, 'b'), send(WRITE, 'c'), send(READ, 'd')]
    expect(await Promise.all(work)).toEqual([1, 'b', 1, 'd'])
    expect(asked).toEqual(['BEGIN IMMEDIATE', 'a', 'c', 'COMMIT', 'BEGIN', 'b', 'd', 'COMMIT'])
  })

  test('needs none for one statement', async () => {
    const { asked, send } = fileWith(true, fine)
    expect(await Promise.all([send(WRITE, 'a'), send(READ, 'b')])).toEqual([1, 'b'])
    expect(asked).toEqual(['a', 'b'])
  })

  test('is acknowledged when it is in the file, and not before', async () => {
    const { asked, send } = fileWith(true, fine)
    const seen: unknown[] = []
    await Promise.all(['a', 'b'].map((one) => send(WRITE, one).then(() => seen.push(asked.at(-1)))))
    expect(seen).toEqual(['COMMIT', 'COMMIT'])
  })

  test.each(['b', 'COMMIT'])(
    'is done one by one after an error of %s, which is nobody else’s',
    async (bad) => {
      const { asked, send } = fileWith(true, (value) => (value === bad ? 'SQLITE_FULL' : undefined))
      const work = ['a', 'b', 'c'].map((one) => send(WRITE, one))
      expect(await outcomes(work)).toEqual([1, bad === 'b' ? 'SQLITE_FULL' : 1, 1])
      expect(asked.slice(asked.indexOf('ROLLBACK'))).toEqual(['ROLLBACK', 'a', 'b', 'c'])
    },
  )

  test('is done one by one where SQLite has ended the transaction itself', async () => {
    const { send } = fileWith(true, (value) =>
      value === 'b' || value === 'ROLLBACK' ? 'SQLITE_FULL' : undefined,
    )
    expect(await outcomes(['a', 'b'].map((one) => send(WRITE, one)))).toEqual([1, 'SQLITE_FULL'])
  })

  test('leaves out what is too late', async () => {
    const { asked, send } = fileWith(true, fine)
    const work = [send(WRITE, 'a'), send(WRITE, 'b', performance.now())]
    expect(await outcomes(work)).toEqual([1, 'timeout'])
    expect(asked.at(-1)).toBe('a')
  })

  test('waits in its order while another process writes, and those who read do not', async () => {
    const { asked, send } = fileWith(true, (value, count) =>
      value === 'BEGIN IMMEDIATE' || count < 5 ? 'SQLITE_BUSY' : undefined,
    )
    const done: string[] = []
    await Promise.all(['a', 'b', 'c'].map((one) => send(WRITE, one).then(() => done.push(one))))
    expect(done).toEqual(['a', 'b', 'c'])
    expect(asked.slice(0, 3)).toEqual(['BEGIN IMMEDIATE', 'a', 'a'])
    expect(asked.slice(-3)).toEqual(['a', 'b', 'c'])
  })
})

test('a database of the application is asked at once, and gets no transaction of ours', async () => {
  const { asked, send } = fileWith(false, fine)
  const work = [send(WRITE, 'a'), send(READ, 'b'), send(WRITE, 'c'), send(READ, 'd')]
  expect(asked).toEqual(['a', 'b', 'c', 'd'])
  expect(await Promise.all(work)).toEqual([1, 'b', 1, 'd'])
})
