import type { Cookie } from '../../http/index.js'
import type { NamedSession, RefusedCookie } from './systems/old-sessions.js'
import type { NewHome } from './take-over.js'

type Found = readonly (NamedSession | RefusedCookie)[]

/** What one request has to do with the old system. */
export class Move {
  /** The id of the session that was taken over. */
  id: string | undefined
  /** The cookie that opens it, where the browser has to get one. */
  cookie: Cookie | undefined
  /** Whether this request took it over. */
  isFirst = false
  /** Whether the old session is not needed any more; known when the new one is open. */
  isOldDone: boolean | undefined
  readonly #find: () => Promise<Found>
  #found: Promise<Found> | undefined

  constructor(find: () => Promise<Found>) {
    this.#find = find
  }

  /** What the request's cookies of the old system name; looked for when it is first asked. */
  named(): Promise<Found> {
    return (this.#found ??= this.#find())
  }

  /** Sees to it that nothing which the request names is taken over any more. */
  async close(home: NewHome): Promise<void> {
    for (const { key } of await this.#sessions()) if (key !== undefined) await home.close(key)
  }

  /** Destroys what the old system keeps of it; gives the cookies that make the browser forget it. */
  async endOld(): Promise<Cookie[]> {
    const forgotten: Cookie[] = []
    for (const each of await this.#sessions()) forgotten.push(...(await each.end()))
    this.isOldDone = false
    return forgotten
  }

  async #sessions(): Promise<NamedSession[]> {
    return (await this.named()).filter((each) => 'key' in each)
  }
}
