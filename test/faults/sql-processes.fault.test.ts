import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMariadb } from '../support/mariadb-server.js'
import { startPostgres } from '../support/postgres-server.js'
import { SqlProcess } from './support/sql-process.js'

describe.each([
  ['postgres', () => startPostgres()],
  ['mysql', () => startMariadb()],
  ['sqlite', async () => file()],
])('four processes with one database: %s', (database, start) => {
  let place: Awaited<ReturnType<typeof start>>
  let processes: SqlProcess[]
  beforeAll(async () => {
    place = await start()
    processes = await Promise.all([0, 1, 2, 3].map(() => SqlProcess.start(database, place.url)))
  })
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.kill()))
    await place.stop()
  })
  const nth = (index: number) => processes[index % processes.length]!

  test('of 2,000 parallel writes, four to each of 500 sessions, none is lost [RA-23]', async () => {
    const lost: unknown[] = []
    await inTurns(500, async (index) => {
      const cookie = await begun(nth(index))
      const written = await Promise.all(
        processes.map((one, number) => one.request('PUT', `/key${number}`, cookie)),
      )
      const kept = await nth(index + 1).request('GET', '/', cookie)
      const keys = Object.keys(JSON.parse(kept?.body ?? '{}'))
        .toSorted()
        .join()
      const isFine = written.every((each) => each?.status === 204)
      if (!isFine || keys !== 'key0,key1,key2,key3,started') lost.push({ written, kept })
    })
    expect(lost).toEqual([])
  })

  test('200 parallel updates of one number of one session all count [RA-02, RA-22]', async () => {
    const cookie = await begun(nth(0))
    const updates = await Promise.all(
      Array.from({ length: 200 }, (_, index) => nth(index).request('POST', '/', cookie)),
    )
    expect(updates.filter((each) => each?.status !== 204)).toEqual([])
    const kept = await nth(1).request('GET', '/', cookie)
    expect(JSON.parse(kept?.body ?? '')).toEqual({ started: true, n: 200 })
  })

  test('500 logouts in one process, while the other three write, revive no session [RA-03]', async () => {
    const revived: unknown[] = []
    await inTurns(500, async (index) => {
      const cookie = await begun(nth(index))
      const [logout] = await Promise.all([
        nth(index).request('DELETE', '/', cookie),
        ...[1, 2, 3].map((number) => nth(index + number).request('PUT', '/late', cookie)),
      ])
      const found = await Promise.all(processes.map((one) => one.request('GET', '/', cookie)))
      const isGone = found.every((each) => each?.status === 200 && each.body === '{}')
      if (logout?.status !== 204 || !isGone) revived.push({ logout, found })
    })
    expect(revived).toEqual([])
  })

  test('a process that is killed while it writes takes no write with it that it acknowledged', async () => {
    const killed = nth(0)
    const acknowledged: string[] = []
    await inTurns(500, async () => {
      const { cookie } = (await killed.request('PUT', '/started')) ?? {}
      const written = cookie && (await killed.request('PUT', '/key', cookie))
      if (!written || written.status !== 204) return
      acknowledged.push(cookie)
      if (acknowledged.length === 100) await killed.kill()
    })
    expect(acknowledged.length).toBeGreaterThanOrEqual(100)
    expect(acknowledged.length).toBeLessThan(500)
    const lost: string[] = []
    await inTurns(acknowledged.length, async (index) => {
      const kept = await nth(1 + (index % 3)).request('GET', '/', acknowledged[index])
      if (kept?.body !== '{"started":true,"key":true}') lost.push(String(kept?.body))
    })
    expect(lost).toEqual([])
  })
})

function file() {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-processes-'))
  return {
    url: join(folder, 'sessions.db'),
    stop: async () => rmSync(folder, { recursive: true }),
  }
}

async function begun(process: SqlProcess): Promise<string> {
  const answer = await process.request('PUT', '/started')
  return answer?.cookie ?? ''
}

/** Does so much work, 25 pieces side by side. */
async function inTurns(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: 25 }, worker))
}
