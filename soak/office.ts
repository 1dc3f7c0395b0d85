import {
  App,
  Body,
  Param,
  Session,
  route,
  sessions,
  type Component,
  type SessionStore,
} from 'ingot'

/** The session of a clerk, beside that of a customer. */
export class ClerkSession extends Session<{ mark?: string; late?: string }> {}

/** The stores of the two kinds of session. */
export interface OfficeStores {
  readonly customers: SessionStore
  readonly clerks: SessionStore
  /** What the stores need. */
  readonly components?: readonly Component[]
}

/** An application with two kinds of session, in which a write can be held up until its session is destroyed. */
export function createOffice({ customers, clerks, components = [] }: OfficeStores): App {
  const held = new Map<string, () => void>()
  const ignore = () => {}
  return new App({
    components: [
      sessions(customers, { onWarning: ignore }),
      sessions(clerks, { as: ClerkSession, onWarning: ignore }),
      ...components,
    ],
    onError: ignore,
    routes: [
      // In two requests: of one that writes both, a 503 has the cookie of the one that was stored.
      route.post('/customer', [Session, Body()], (customer, body) => {
        customer.set('mark', (body as { mark: string }).mark)
      }),
      route.post('/clerk', [ClerkSession, Body()], (clerk, body) => {
        clerk.set('mark', (body as { mark: string }).mark)
      }),
      route.get('/marks', [Session, ClerkSession], (customer, clerk) => ({
        customer: customer.get('mark') ?? null,
        clerk: clerk.get('mark') ?? null,
      })),
      route.post('/late/:name', [ClerkSession, Param('name')], async (clerk, name) => {
        clerk.get('mark')
        await new Promise<void>((resolve) => held.set(name, resolve))
        held.delete(name)
        clerk.set('late', name)
      }),
      route.get('/late/:name', [Param('name')], (name) => ({ isHeld: held.has(name) })),
      route.post('/release/:name', [Param('name')], (name) => held.get(name)?.()),
      route.post('/logout', [ClerkSession], (clerk) => clerk.destroy()),
    ],
  })
}
