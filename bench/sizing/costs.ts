import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Load } from '../web/load.js'
import { CONNECTIONS } from '../web/race.js'
import { Server } from '../web/server.js'
import { Storages } from '../web/storages/storage.js'
import { begin, check, requestText } from '../web/visitor.js'
import type { Costs, Place } from './figures.js'

const KEPT = { keys: 11 }
const MILLISECONDS = 1000
/** Turns before it counts: engines compile what is used often. */
const WARM_UPS = 5

/** What a request costs the server, and what keeps the sessions. */
export async function costsOf(
  kind: Place | 'sealed',
  rounds: number,
): Promise<{ read: Costs; write: Costs; cookie: number }> {
  const storages = new Storages()
  const storage = await storages.of(kind)
  const server = await Server.start('ingot', kind, { url: storage?.url ?? '', kept: KEPT })
  await check(server.port, kind, KEPT)
  const cookies = await begin(server.port, CONNECTIONS, 1)
  const load = new Load()
  const measure = async (method: 'GET' | 'POST', path: string): Promise<Costs> => {
    const requests = cookies.map((own) => own.map((cookie) => requestText(method, path, cookie)))
    const once = async () => {
      await load.open(server.port, requests)
      const before = { own: (await server.usage()).cpu, storage: usedBy(storage?.processes()) }
      const { answers, seconds } = await load.run(MILLISECONDS)
      const own = (await server.usage()).cpu - before.own
      return {
        rate: answers / seconds,
        cpu: own / answers,
        storageCpu: (usedBy(storage?.processes()) - before.storage) / answers,
      }
    }
    for (let times = 0; times < WARM_UPS; times++) await once()
    const turns = []
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`\r${kind}, ${path}: round ${round + 1} of ${rounds} `)
      turns.push(await once())
    }
    process.stderr.write('\r\u001B[K')
    let commands: number | undefined
    if (storage) {
      let answers = 0
      await load.open(server.port, [requests[0]!])
      const count = await storage.commandsDuring(server, async () => {
        answers = (await load.run(200)).answers
      })
      commands = count / answers
    }
    return {
      rates: turns.map(({ rate }) => Math.round(rate)),
      cpu: turns.map(({ cpu }) => Number(cpu.toFixed(2))),
      storageCpu: storage?.processes().length
        ? turns.map(({ storageCpu }) => Number(storageCpu.toFixed(2)))
        : [],
      ...(commands !== undefined && { commands: Number(commands.toFixed(2)) }),
    }
  }
  try {
    const read = await measure('GET', '/read')
    const write = await measure('POST', '/count')
    return { read, write, cookie: cookies[0]![0]!.length }
  } finally {
    load.stop()
    server.stop()
    await storages.stop()
  }
}

/** Microseconds of processor time of processes, by the scheduler's account of their threads (Linux). */
function usedBy(processes: readonly number[] = []): number {
  const threads = processes.flatMap((id) => {
    const folder = `/proc/${id}/task`
    return existsSync(folder) ? readdirSync(folder).map((thread) => `${folder}/${thread}`) : []
  })
  const used = threads.map((thread) => {
    return Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000
  })
  return used.reduce((sum, one) => sum + one, 0)
}
