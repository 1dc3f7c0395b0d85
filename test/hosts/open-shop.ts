import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
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
