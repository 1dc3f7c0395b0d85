import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { App, type AppOptions } from '../../../src/http/index.js'

/** A response must not depend on the way that its request came in. */
export const ways = ['app.fetch', 'listen'] as const

/** An application behind one of the ways, until the test ends; `failures` are what `onError` got. */
export async function open(way: (typeof ways)[number], options: AppOptions) {
  const failures: unknown[] = []
  const app = new App({ onError: (error) => void failures.push(error), ...options })
  onTestFinished(() => app.close())
  const { url } =
    way === 'listen'
      ? await app.listen({ port: 0, hostname: '127.0.0.1' })
      : { url: 'http://localhost' }
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const options = { redirect: 'manual', ...init } as const
    return way === 'listen'
      ? fetch(`${url}${path}`, options)
      : app.fetch(new Request(`${url}${path}`, options))
  }
  return { app, ask, failures, url }
}

/** A server of somebody else, until the test ends. */
export async function upstream(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  onTestFinished(() => server.close().closeAllConnections())
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
