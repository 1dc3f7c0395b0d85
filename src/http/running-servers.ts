import { channel } from 'node:diagnostics_channel'
import type { Door } from './request/door.js'
import type { Application, Listening, RunningServer } from './server/listen.js'
import type { ListenOptions } from './server/listen-options.js'

/** What is served, and how. */
interface ServerStart {
  readonly app: Application
  readonly door: Door
  readonly largestBody: number
  readonly options: ListenOptions
}

/** Published when an application listens: `{ app, url }`. */
const listening = channel('ingot:listen')

/** The servers of one application. */
export class RunningServers {
  readonly #starting = new Set<Promise<Listening>>()

  async start({ app, door, largestBody, options }: ServerStart): Promise<RunningServer> {
    // Loaded here: other runtimes than Node may lack what it imports, and `fetch` needs none of it.
    const starting = import('./server/listen.js').then(({ listen }) =>
      listen(app, door, largestBody, options),
    )
    this.#starting.add(starting)
    const { url, port, node } = await starting
    if (listening.hasSubscribers) listening.publish({ app, url })
    const close = async (): Promise<void> => app.close()
    return { url, port, node, close, [Symbol.asyncDispose]: close }
  }

  async stop(): Promise<void> {
    const stop = async (starting: Promise<Listening>): Promise<void> => {
      await (await starting.catch(() => undefined))?.stop()
    }
    await Promise.all([...this.#starting].map(stop))
  }
}
