/*
 * What the checks of `checks.ts` ask, on every runtime. Lists of tokens, so that it needs no compiler's help.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  App,
  Body,
  ClientAddress,
  Cookie,
  Param,
  Query,
  redirect,
  Reply,
  route,
  scoped,
  Session,
  sessions,
  type Component,
  type SessionStore,
} from 'ingot'

/** What workerd still reads of a body that is refused is twice as much. */
export const BODY_LIMIT = 20_000

/** Two megabytes whose bytes are known. */
export function bigBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 2_000_000 }, (_, index) => index % 251)
}

/** A value that is made for each request, of its session. */
class Cart {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  add(sku: string): { skus: string[] } {
    const skus = [...((this.#session.get('skus') as string[] | undefined) ?? []), sku]
    this.#session.set('skus', skus)
    return { skus }
  }
}

function count(session: Session): { visits: number } {
  const visits = ((session.get('visits') as number | undefined) ?? 0) + 1
  session.set('visits', visits)
  return { visits }
}

/** Pieces of a stream, each made when it is asked for. */
function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
}

/** An application over one store. */
export function openShop(store: SessionStore, components: readonly Component[]): App {
  const errors: string[] = []
  const told = { events: 0, left: 0 }

  async function* big(): AsyncGenerator<Uint8Array> {
    const bytes = bigBytes()
    for (let start = 0; start < bytes.length; start += 64_000)
      yield bytes.subarray(start, start + 64_000)
  }

  /** The second event is sent when another request has told so: whoever holds events back gets none. */
  async function* events(): AsyncGenerator<Uint8Array> {
    const before = told.events
    yield new TextEncoder().encode('data: first\n\n')
    while (told.events === before) await sleep(5)
    yield new TextEncoder().encode('data: second\n\n')
  }

  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield new Uint8Array(1_000)
        await sleep(5)
      }
    } finally {
      told.left += 1
    }
  }

  return new App({
    bodyLimit: BODY_LIMIT,
    components: [
      sessions(store, { deadline: 20_000, onWarning: () => {} }),
      scoped(Cart, [Session], (session) => new Cart(session)),
      ...components,
    ],
    onError: (error) => void errors.push((error as Error).message),
    routes: [
      route.get('/visits', [Session], (session) => ({ visits: session.get('visits') ?? 0 })),
      route.post('/visits', [Session], count),
      route.post('/cart/:sku', [Cart, Param('sku')], (cart, sku) => cart.add(sku)),
      route.get('/search', [Query('n', Number), Query('words')], (n, words) => ({ n, words })),
      route.post('/login', [Session], (session) => {
        session.regenerate()
        return count(session)
      }),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/json', [Body()], (body) => body),
      route.post('/large', [Body()], (body) => String(body).length, { bodyLimit: 1_000_000 }),
      route.post('/form', [FormData], async (form) => {
        const file = form.get('file')
        return { name: form.get('name'), file: file instanceof File ? await file.text() : null }
      }),
      route.get('/text', () => 'Grüße, 世界'),
      route.post('/stream', [Session], (session) => {
        count(session)
        return new Response(streamOf(big()))
      }),
      route.get('/events', () => {
        const headers = { 'content-type': 'text/event-stream' }
        return new Response(streamOf(events()), { headers })
      }),
      route.post('/events', () => void (told.events += 1)),
      route.get('/endless', () => new Response(streamOf(endless()))),
      route.get('/left', () => told.left),
      route.post('/go', [Session], (session) => {
        count(session)
        return redirect('/visits')
      }),
      route.post('/cookies', [Session, Reply], (session, reply) => {
        count(session)
        reply.cookie(new Cookie('theme', 'dark')).cookie(new Cookie('language', 'de'))
      }),
      route.post('/throw', [Session], (session) => {
        count(session)
        throw new Error('broken')
      }),
      route.get('/errors', () => errors.splice(0)),
      route.get('/address', [ClientAddress, URL], ({ ip }, url) => ({ ip, https: url.protocol })),
    ],
  })
}
