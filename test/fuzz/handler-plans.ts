import fc from 'fast-check'
import { HttpError, redirect } from '../../src/http/index.js'
import { headerText, text, wellFormed } from './runs.js'

type Pair = readonly [name: string, content: string]

/** What a handler does in one request. */
export interface Plan {
  /** Turns of the event loop before it returns. */
  readonly waits: number
  readonly status: number | undefined
  readonly headers: readonly Pair[]
  readonly cookies: readonly Pair[]
  readonly returns: () => unknown
  /** What a failure prints. */
  readonly what: unknown
  /** The body of a 200, where it is known. */
  readonly body?: string
}

/** Names that mean something on the wire, and others. */
const headerName = fc.oneof(
  fc.constantFrom('x-own', 'vary', 'etag', 'cache-control', 'content-type', 'link', 'set-cookie'),
  fc.constantFrom('connection', 'content-length', 'transfer-encoding', 'content-encoding', 'date'),
  fc.constantFrom('__proto__', 'constructor', 'x\r\ny', '', 'ü', 'x y'),
)

const content = fc.oneof(
  headerText,
  text,
  fc.constantFrom('a\r\nx-evil: 1', '\0', 'ü', '', 'chunked', '3', 'close'),
)

const pairs = fc.array(fc.tuple(headerName, content), { maxLength: 3 })

/** One object for all requests, as handlers keep them: nothing of one visitor may stay in it. */
const SHARED: readonly unknown[] = [
  Response.redirect('http://shop.test/next', 302),
  new Response(null, { status: 204, headers: { vary: 'Accept' } }),
  redirect('/next'),
  { constant: [1, 2, 3] },
]

const chunk = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(5, null, undefined, {}, new ArrayBuffer(2)) },
)

/** Fails at the end, where it is to. */
async function* streamed(chunks: readonly unknown[], fails: boolean): AsyncGenerator {
  for (const one of chunks) {
    yield one
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (fails) throw new Error('the source failed')
}

interface Returned extends Pick<Plan, 'returns' | 'what'> {
  readonly body?: string
}

const returning = <Given>(
  given: fc.Arbitrary<Given>,
  returns: (one: Given) => unknown,
): fc.Arbitrary<Returned> => given.map((one) => ({ returns: () => returns(one), what: one }))

const streams = returning(
  fc.tuple(fc.array(chunk, { maxLength: 4 }), fc.boolean(), fc.nat(3)),
  ([chunks, fails, kind]) => {
    if (kind === 0) return streamed(chunks, fails)
    const stream = ReadableStream.from(streamed(chunks, fails))
    return kind === 1 ? stream : new Response(stream as ReadableStream, { status: 200 + kind })
  },
)

const responses = returning(
  fc.tuple(fc.constantFrom(200, 201, 204, 205, 304, 404, 503, 599, 99), text, pairs, headerText),
  ([status, body, headers, statusText]) => {
    const isEmpty = status === 204 || status === 205 || status === 304
    const init = { status, statusText, headers: [...headers] as [string, string][] }
    return new Response(isEmpty ? null : body, init)
  },
)

const errors = returning(
  // A 500 that the handler asks for is its own.
  fc.tuple(fc.integer({ min: 398, max: 601 }).filter(isOther), text, text, pairs),
  ([status, detail, code, headers]) => {
    throw new HttpError(status, detail, { code, headers: Object.fromEntries(headers) })
  },
)

const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.uint8Array({ maxLength: 50 }),
  fc.constantFrom<unknown>(undefined, null, Number.NaN, 1n, Symbol('s'), () => 'f', new Date(NaN)),
  fc.constantFrom<unknown>(new Map([[1, 2]]), new URLSearchParams('a=ü'), Response.error()),
  fc.constantFrom<unknown>(new Blob(['b'], { type: 'text/html\r\n' }), ...SHARED),
  fc.tuple(text, text).map(([name, type]) => new File(['<script>'], name, { type })),
)

const returned: fc.Arbitrary<Returned> = fc.oneof(
  text.map((given) => ({ returns: () => given, what: given, body: wellFormed(given) })),
  returning(values, (given) => given),
  streams,
  responses,
  errors,
  returning(fc.oneof(text, headerText), (location) => redirect(location)),
  returning(fc.constantFrom<unknown>(undefined, 'text', new Error('secret'), null), (thrown) => {
    throw thrown
  }),
)

export const plan: fc.Arbitrary<Plan> = fc
  .record({
    waits: fc.nat(2),
    status: fc.option(fc.integer({ min: 195, max: 602 }).filter(isOther), { nil: undefined }),
    headers: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: pairs }),
    cookies: fc.array(fc.tuple(fc.oneof(fc.constantFrom('a', 'b'), text), content), {
      maxLength: 2,
    }),
    returned,
  })
  .map(({ returned: what, ...rest }) => ({ ...rest, ...what }))

function isOther(status: number): boolean {
  return status !== 500
}
