import { Agent } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { Cookie, Cookies } from '../../src/http/index.js'
import { Inject } from '../../src/di/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  Session,
  SessionStore,
} from '../../src/sessions/index.js'
import { Clerk, OFFICE_COOKIES } from '../../soak/clerk.js'
import { Client } from '../../soak/client.js'
import { Findings } from '../../soak/findings.js'
import { createOffice, type OfficeStores } from '../../soak/office.js'
import { Random } from '../../soak/random.js'
import { newSecret } from '../sessions/secrets.js'

/** What a few clerks find in an office with these stores, in some rounds. */
async function findingsIn(stores: OfficeStores): Promise<Findings> {
  const office = createOffice(stores)
  const { url } = await office.listen({ port: 0 })
  const agent = new Agent({ keepAlive: true })
  onTestFinished(async () => {
    agent.destroy()
    await office.close()
  })
  const over = new AbortController()
  const findings = new CountingFindings(() => over.abort())
  const clerks = [0, 1, 2].map((number) => {
    const client = new Client(url, agent, findings, new Set())
    return new Clerk(number, client, new Random(number), findings)
  })
  await Promise.all(clerks.map((clerk) => clerk.visit(over.signal)))
  return findings
}

/** Ends the visits after some writes. */
class CountingFindings extends Findings {
  readonly #enough: () => void

  constructor(enough: () => void) {
    super()
    this.#enough = enough
  }

  override count(what: string, by?: number): void {
    super.count(what, by)
    if (this.counted('writes after a logout') > 5) this.#enough()
  }
}

/** Keeps sessions under their id alone, whatever the name of the cookie. */
class CarelessStore extends SessionStore {
  static readonly kept = new Map<string, object>()
  readonly #name: string

  constructor(name: string) {
    super()
    this.#name = name
  }

  @Inject(Cookies)
  override async load(cookies: Cookies): Promise<Session> {
    const id = cookies.get(this.#name) ?? ''
    const data = CarelessStore.kept.get(id)
    return data ? new Session(id, data) : Session.empty()
  }

  @Inject(Session)
  override async dump(session: Session): Promise<Cookie | undefined> {
    if (session.previousId !== undefined) CarelessStore.kept.delete(session.previousId)
    if (session.isDestroyed) return Cookie.expired(this.#name)
    if (!session.isChanged) return undefined
    CarelessStore.kept.set(session.id, session.toObject())
    return new Cookie(this.#name, session.id)
  }
}

const { customer, clerk } = OFFICE_COOKIES

test('clerks find no problem with two kinds of session over one backend [A1, S1]', async () => {
  const backend = new MemoryBackend()
  const findings = await findingsIn({
    customers: new BackendStore(backend, { name: customer }),
    clerks: new BackendStore(backend, { name: clerk }),
  })
  expect(findings.problems).toEqual([])
  expect(findings.counted('cookies exchanged')).toBeGreaterThan(5)
})

test('of sealed sessions without revocations they report lost writes that were acknowledged', async () => {
  const secret = newSecret()
  const findings = await findingsIn({
    customers: new CookieStore({ secret, name: customer }),
    clerks: new CookieStore({ secret, name: clerk }),
  })
  expect(findings.reported('lost writes that were acknowledged')).toBeGreaterThan(0)
  expect(findings.reported('cookies of one kind that opened another')).toBe(0)
})

test('of stores that share their ids they report cookies of one kind that opened another', async () => {
  const findings = await findingsIn({
    customers: new CarelessStore(customer),
    clerks: new CarelessStore(clerk),
  })
  expect(findings.reported('cookies of one kind that opened another')).toBeGreaterThan(0)
})
