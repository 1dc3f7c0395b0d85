import { subscribe } from 'node:diagnostics_channel'
import { resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { appOf } from '../../cli/loading/index.js'
import type { App } from '../../http/index.js'
import type { ProgramMessage, Question, RouteFacts } from '../messages.js'
import { watchLoadedFiles } from './loaded-files.js'
import { logRequests } from './request-log.js'
import { SeenSessions } from './seen-sessions.js'

// Runs the application of a module. `run-dev.ts` starts it, and starts it again.
const [module = '', exported] = process.argv.slice(2)
const tell = (message: ProgramMessage): void => void process.send?.(message)
const seen = new SeenSessions()
const listening: { readonly app: App; readonly url: string }[] = []

process.on('warning', ({ message }) => tell({ type: 'warned', text: message, at: Date.now() }))
process.on('uncaughtExceptionMonitor', (error) => tell({ type: 'failed', text: textOf(error) }))
process.on('message', (question: Question) => {
  void seen
    .answer(question)
    .catch((error: unknown) => ({ refused: textOf(error) }))
    .then((answer) => tell({ type: 'answer', id: question.id, answer }))
})
// Whoever started it has gone.
process.on('disconnect', () => process.exit())
subscribe('ingot:listen', (message) => listening.push(message as (typeof listening)[0]))
logRequests(tell, seen)

async function run(): Promise<void> {
  const loader = new URL('../../register/index.js', import.meta.url)
  if (/\.m?tsx?$/.test(module)) await import(loader.href)
  // Last, so that these hooks see what the others have resolved.
  watchLoadedFiles((path) => tell({ type: 'loaded', path }))
  const loaded = (await import(pathToFileURL(resolve(module)).href)) as Record<string, unknown>
  const served = await servedApp(loaded)
  const { app, url, notes } = served
  tell({ type: 'started', url, notes, routes: app ? routesOf(app) : [] })
}

interface Served {
  readonly app: App | undefined
  readonly url: string | undefined
  readonly notes: readonly string[]
}

/** The application that the module serves, or else exports: then it is served here. */
async function servedApp(loaded: Record<string, unknown>): Promise<Served> {
  // A program that does not await its `listen` has begun it by then.
  await new Promise((next) => setImmediate(next))
  const isServing = process.getActiveResourcesInfo().includes('TCPServerWrap')
  if (isServing && listening.length === 0) {
    const app = await appOf(loaded, module, exported).catch(() => undefined)
    return { app, url: undefined, notes: [OF_ANOTHER] }
  }
  if (!isServing) {
    const app = await appOf(loaded, module, exported)
    await app.listen({ port: Number(process.env['PORT'] || 3000), ...STOPPING })
  }
  return { ...listening[0]!, notes: [] }
}

const OF_ANOTHER =
  'Another framework serves this program: its sessions and their events are shown, its requests are not.'

/** While developing nobody waits for the requests in flight. */
const STOPPING = { closeOn: ['SIGTERM', 'SIGINT'], drainTimeout: 500 } as const

function routesOf(app: App): RouteFacts[] {
  const { routes } = app.graph({ format: 'json' })
  return routes.map(({ name }) => ({
    name,
    picture: app.graph({ format: 'svg', route: name }),
    words: app.explain(name),
  }))
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

await run()
