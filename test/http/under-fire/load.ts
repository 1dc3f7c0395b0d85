import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'

/** Clients that send one POST after the other over connections that they keep, until one is rejected. */
export class Load {
  /** The bodies of the responses that arrived whole. */
  readonly bodies: string[] = []
  /** Resolves when nobody sends any more. */
  readonly over: Promise<unknown>
  readonly #url: string
  readonly #agent: Agent
  #isRefused = false

  constructor(url: string, clients: number) {
    this.#url = url
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients })
    const running = Array.from({ length: clients }, (_, name) => this.#run(name))
    this.over = Promise.all(running).finally(() => this.#agent.destroy())
  }

  async #run(name: number): Promise<void> {
    for (let n = 0; !this.#isRefused; n++) {
      try {
        this.bodies.push(await this.#post(`${name}-${n}`))
      } catch {
        this.#isRefused = true
      }
    }
  }

  async #post(path: string): Promise<string> {
    const asked = request(`${this.#url}/${path}`, { agent: this.#agent, method: 'POST' }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return String(Buffer.concat((await response.toArray()) as Buffer[]))
  }
}
