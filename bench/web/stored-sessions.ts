import { Connection } from './connection.js'
import { Server } from './server.js'
import { check, requestText } from './visitor.js'

const SESSIONS = 10_000
const BEFORE = 1000
const CONNECTIONS = 50

/** Bytes of heap for each of 10,000 sessions that a store keeps in the process; 1,000 are there before. */
export async function bytesPerStoredSession(system: string): Promise<number> {
  const server = await Server.start(system, 'memory')
  await check(server.port, 'memory', { keys: 11 })
  await begin(server.port, BEFORE)
  const before = await server.usageAfterCollection()
  await begin(server.port, SESSIONS)
  const after = await server.usageAfterCollection()
  server.stop()
  return (after.heap - before.heap) / SESSIONS
}

/** Visitors without a cookie, each of whom gets a session. */
async function begin(port: number, count: number): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Connection.open(port)),
  )
  const request = Buffer.from(requestText('POST', '/count'))
  for (let begun = 0; begun < count; begun += CONNECTIONS)
    await Promise.all(connections.map((connection) => first(connection, request)))
  for (const connection of connections) connection.close()
}

function first(connection: Connection, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.send(request, (_status, { body }) => {
      if (body === '1') resolve()
      else reject(new Error(`A new visitor was answered ${body}, not 1`))
    })
  })
}
