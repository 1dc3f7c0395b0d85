import { gates, type Server } from './system.js'

/** What a system came to. */
export type Result = Readonly<Record<string, number>>

/** One race, run on two servers that share a Redis. */
export interface Race {
  readonly name: string
  /** What the figures are, in the order of the rows. */
  readonly figures: readonly string[]
  run(servers: readonly [Server, Server], world: World): Promise<Result>
}

/** What a race may look at beside the answers. */
export interface World {
  /** Forgets everything that Redis holds. */
  flush(): Promise<void>
  /** How many records Redis holds. */
  records(): Promise<number>
}

export const races: readonly Race[] = [
  {
    name: '500 times 4 parallel writes of different keys',
    figures: ['writes lost, of 2,000', 'requests refused'],
    async run(servers) {
      let lost = 0
      let refused = 0
      for (let round = 0; round < 500; round++) {
        const cookie = await begin(servers[0])
        const keys = ['a', 'b', 'c', 'd']
        gates.make(`set ${round}`, keys.length)
        const answers = await Promise.all(
          keys.map((key, index) =>
            send(servers[index % 2]!, `POST /set/${key}?hold=set ${round}`, cookie),
          ),
        )
        refused += countRefused(answers)
        const data = await read(servers[0], cookie)
        lost += keys.filter((key) => data[key] !== key).length
      }
      return { [this.figures[0]!]: lost, [this.figures[1]!]: refused }
    },
  },
  {
    name: '200 parallel updates of one key',
    figures: ['updates lost, of 200', 'requests refused'],
    async run(servers) {
      const cookie = await begin(servers[0])
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          send(servers[index % 2]!, 'POST /update', cookie),
        ),
      )
      const { n } = await read(servers[1], cookie)
      return { [this.figures[0]!]: 200 - Number(n), [this.figures[1]!]: countRefused(answers) }
    },
  },
  {
    name: '500 logouts against a slow writer',
    figures: ['sessions revived, of 500', 'records left behind', 'requests refused'],
    async run(servers, world) {
      let revived = 0
      let left = 0
      let refused = 0
      for (let round = 0; round < 500; round++) {
        await world.flush()
        const cookie = await begin(servers[0])
        const gate = gates.make(`late ${round}`)
        const writing = send(servers[0], `POST /set/late?hold=late ${round}`, cookie)
        await gate.reached
        // The writer goes on before the logout, at the same time, or after it.
        if (round % 3 === 0) gate.open()
        const logout = send(servers[1], 'POST /logout', cookie)
        if (round % 3 === 1) gate.open()
        const loggedOut = await logout
        gate.open()
        refused += countRefused([await writing, loggedOut])
        if ((await read(servers[1], cookie))['user'] !== undefined) revived += 1
        left += await world.records()
      }
      const [first, second, third] = this.figures as [string, string, string]
      return { [first]: revived, [second]: left, [third]: refused }
    },
  },
  {
    name: '1,000 writes, each read on another connection as soon as the redirect arrives',
    figures: ['reads that miss the write, of 1,000', 'requests refused'],
    async run(servers) {
      const cookie = await begin(servers[0])
      let stale = 0
      let refused = 0
      for (let n = 1; n <= 1000; n++) {
        const answer = await send(servers[0], `POST /write/${n}`, cookie)
        // A browser follows when the head is there; it does not wait for the body.
        const data = await read(servers[1], cookie)
        await answer.text()
        if (answer.status !== 303) refused += 1
        if (data['n'] !== n) stale += 1
      }
      return { [this.figures[0]!]: stale, [this.figures[1]!]: refused }
    },
  },
]

async function begin(server: Server): Promise<string> {
  const answer = await send(server, 'POST /begin', '')
  const [cookie] = answer.headers.getSetCookie()
  if (!cookie) throw new Error(`no session was begun: ${answer.status}`)
  return cookie.slice(0, cookie.indexOf(';'))
}

async function read(server: Server, cookie: string): Promise<Record<string, unknown>> {
  const answer = await send(server, 'GET /', cookie)
  return (await answer.json()) as Record<string, unknown>
}

function send(server: Server, line: string, cookie: string): Promise<Response> {
  const space = line.indexOf(' ')
  const url = new URL(line.slice(space + 1), server.url)
  const headers = cookie === '' ? {} : { cookie }
  return fetch(url, { method: line.slice(0, space), headers, redirect: 'manual' })
}

function countRefused(answers: readonly Response[]): number {
  return answers.filter(({ status }) => status >= 400).length
}
