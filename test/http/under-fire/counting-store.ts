import { Inject } from '../../../src/di/index.js'
import { Cookie, Cookies } from '../../../src/http/index.js'
import { Session, SessionStore } from '../../../src/sessions/index.js'

/** A store in memory that counts its calls, and can wait before it stores. */
export class CountingStore extends SessionStore {
  readonly records = new Map<string, object>()
  loads = 0
  dumps = 0
  /** Awaited before a dump stores. */
  beforeDump: () => unknown = () => {}

  @Inject(Cookies)
  override async load(cookies: Cookies): Promise<Session> {
    this.loads++
    const id = cookies.get('sid')
    const record = id === undefined ? undefined : this.records.get(id)
    return id === undefined || !record ? Session.empty() : new Session(id, record)
  }

  @Inject(Session)
  override async dump(session: Session): Promise<Cookie | undefined> {
    this.dumps++
    if (!session.isChanged) return undefined
    await this.beforeDump()
    this.records.set(session.id, session.toObject())
    return new Cookie('sid', session.id)
  }
}
