import { once } from 'node:events'
import { createServer, IncomingMessage } from 'node:http'
import { Socket, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Door } from '../../../src/http/request/door.js'
import { Connections } from '../../../src/http/server/connections.js'
import { EventStreams } from '../../../src/http/server/event-streams.js'
import { bodyStream } from '../../../src/http/server/message-body.js'
import { nodeListener, type RequestHandler } from '../../../src/http/server/node-listener.js'
import { RequestGate } from '../../../src/http/server/request-gate.js'

/** The status and the text of what is sent for an application that fails itself, which none should. */
async function answered(handle: RequestHandler['handle']): Promise<readonly [number, string]> {
  const door = new Door({ lines: [], onRefusal: () => {} })
  const gate = new RequestGate({ door, headerLineLimit: 128, trustProxy: false })
  const serving = { gate, connections: new Connections(), streams: new EventStreams() }
  const server = createServer(nodeListener({ handle }, serving)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return [response.status, await response.text()]
}

test.each<[string, RequestHandler['handle']]>([
  [
    'throws',
    () => {
      throw new Error('at once')
    },
  ],
  ['rejects', () => Promise.reject(new Error('later'))],
  ['gives what is no response', () => 'text' as never],
  ['gives what is none later', async () => undefined as never],
])('whoever %s is answered with a 500, and the connection goes on', async (_, handle) => {
  expect(await answered(handle)).toEqual([500, ''])
})

test('the body of a message that was cut before says why', async () => {
  const message = new IncomingMessage(new Socket())
  const cut = new Error('cut off')
  message.on('error', () => {})
  const closed = new Promise<void>((resolve) => message.once('close', resolve))
  message.destroy(cut)
  await closed
  const bounds = () => ({ bodyLimit: 10 }) as never
  const reader = bodyStream(message, bounds, () => {}).getReader()
  await expect(reader.read()).rejects.toBe(cut)
})
