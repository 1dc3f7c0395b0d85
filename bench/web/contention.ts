import { Connection } from './connection.js'
import { startRedis } from './storages/redis.js'
import { Server } from './server.js'
import { ask, begin, requestText } from './visitor.js'

const PROCESSES = 4
const WRITES = 50

/**
 * Milliseconds until 4 processes have each answered 50 parallel requests that write different keys of one session.
 *
 * @throws Error when a write that was answered with 200 is not there afterwards.
 */
export async function contendedWrites(system: string): Promise<number> {
  const redis = await startRedis()
  const servers = await Promise.all(
    Array.from({ length: PROCESSES }, () => Server.start(system, 'redis', { url: redis.url })),
  )
  try {
    const [[cookie]] = (await begin(servers[0]!.port, 1, 1)) as [[string]]
    // Each process has compiled its way, and is connected.
    for (const { port } of servers) await ask(port, requestText('GET', '/read', cookie))
    const lanes = await Promise.all(
      servers.flatMap(({ port }) => Array.from({ length: WRITES }, () => Connection.open(port))),
    )
    const start = performance.now()
    await Promise.all(lanes.map((lane, index) => put(lane, `k${index}`, cookie)))
    const took = performance.now() - start
    for (const lane of lanes) lane.close()
    const { body } = await ask(servers[0]!.port, requestText('GET', '/written', cookie))
    if (body !== `${lanes.length}`) throw new Error(`${body} of ${lanes.length} writes are there`)
    return took
  } finally {
    for (const server of servers) server.stop()
    await redis.stop()
  }
}

function put(lane: Connection, key: string, cookie: string): Promise<void> {
  const request = Buffer.from(requestText('POST', `/put/${key}`, cookie), 'latin1')
  return new Promise((resolve, reject) => {
    lane.send(request, (status) => {
      if (status === 200) resolve()
      else reject(new Error(`It answered ${status} to a write of ${key}`))
    })
  })
}
