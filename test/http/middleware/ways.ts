import { onTestFinished } from 'vitest'
import { App, type AppOptions } from '../../../src/http/index.js'

/** Both ways into an application. */
export const WAYS = ['app.fetch', 'listen'] as const

/** An application that is asked in one of the two ways, and what its `onError` was told. */
export async function opened(way: (typeof WAYS)[number], options: AppOptions) {
  const failures: unknown[] = []
  const app = new App({ onError: (error) => void failures.push(error), ...options })
  onTestFinished(() => app.close())
  const origin = way === 'listen' ? (await app.listen(0)).url : 'http://localhost:3000'
  const ask = async (path: string, init?: RequestInit): Promise<Response> => {
    const url = new URL(path, origin)
    return way === 'listen' ? fetch(url, init) : app.fetch(new Request(url, init))
  }
  return { app, ask, failures, origin }
}
