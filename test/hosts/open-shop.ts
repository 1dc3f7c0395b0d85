import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { App, BackendStore, sessions, type Routes } from '../../src/index.js'
import { GatedBackend } from './host-suite.js'

/** An application for one test, whose store waits or fails when the test wants it. */
export function openShop(routes: Routes = []) {
  const backend = new GatedBackend()
  const reported: unknown[] = []
  const app = new App({
    routes,
    components: [sessions(new BackendStore(backend), { onWarning: () => {} })],
    onError: (error) => void reported.push(error),
  })
  onTestFinished(() => app.close())
  return { app, backend, reported }
}

/** The address of a server, which ends with the test. */
export async function urlOf(server: Server): Promise<string> {
  if (!server.listening) await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** What a server over HTTP/2 that listens answers to a POST; it ends with the test. */
export async function postOverHttp2(
  server: Pick<NetServer, 'address'> & { close(): unknown },
): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  const client = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const request = client.request({ ':method': 'POST' }).end()
  const [headers] = (await once(request, 'response')) as [IncomingHttpHeaders]
  return { headers, body: await text(request) }
}
