import { Connection } from './connection.js'
import { Server } from './server.js'
import { check, requestText } from './visitor.js'

const REQUESTS = 1000
const BATCH = 50

/**
 * Bytes of heap for each request whose handler waits. The connections are there before, and each has been
 * used once, so that what belongs to a connection is not counted.
 */
export async function bytesPerLiveRequest(system: string): Promise<number> {
  const server = await Server.start(system, 'waiting')
  await check(server.port, 'waiting', { keys: 11 })
  const connections = await used(server.port)
  const before = await server.usageAfterCollection()
  const request = Buffer.from(requestText('GET', '/wait'))
  for (const connection of connections) connection.send(request, answered)
  while ((await server.usage()).held < REQUESTS) await new Promise(setImmediate)
  const after = await server.usageAfterCollection()
  for (const connection of connections) connection.close()
  server.stop()
  return (after.heap - before.heap) / REQUESTS
}

/** In batches, so that none is idle for long: servers close those. */
async function used(port: number): Promise<Connection[]> {
  const request = Buffer.from(requestText('GET', '/'))
  const open = async (): Promise<Connection> => {
    const connection = await Connection.open(port)
    await new Promise<void>((resolve) => connection.send(request, () => resolve()))
    return connection
  }
  const connections: Connection[] = []
  while (connections.length < REQUESTS)
    connections.push(...(await Promise.all(Array.from({ length: BATCH }, open))))
  return connections
}

function answered(): never {
  throw new Error('A handler that waits was answered')
}
