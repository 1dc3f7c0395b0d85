import { connect } from 'node:net'
import fc from 'fast-check'
import type { App } from '../../src/http/index.js'
import { Wire } from '../http/under-fire/wire.js'
import { headerText, mutated } from './runs.js'

/** One request of a visitor. */
export interface Sent {
  readonly method: string
  readonly target: string
  readonly lines: readonly string[]
  readonly body: string
}

/** What came back. */
export interface Received {
  readonly status: number
  /** Names in lower case, and contents. */
  readonly headers: readonly (readonly [name: string, content: string])[]
  /** Latin-1 stands for bytes. */
  readonly body: string
  /** Whether the body came to its end. */
  readonly isWhole: boolean
}

const target = fc.oneof(
  fc.constantFrom('/plain', '/name/a%2Fb', '/name/%00', '/json', '/form', '//', '/%', '/none'),
  fc.constantFrom('/a/../plain', '/plain#x', '/plain?x=%', '/%70lain', '/plain/', '/PLAIN'),
  mutated('/name/caf%C3%A9?x=1&y=\\', headerText),
  fc.constantFrom('http://shop.test/plain', 'http://other.test\\plain', '*', '/\\plain'),
)

const line = fc.oneof(
  fc.constantFrom(
    'Cookie: __Host-session=abc; a=b',
    'Content-Type: application/json',
    'Content-Type: multipart/form-data; boundary=x',
    'Content-Type: text/plain; charset=x',
    'Content-Encoding: gzip',
    'Accept: text/html',
    'Connection: close',
    'Upgrade: h2c',
    'Expect: 100-continue',
    'TE: trailers',
    'Range: bytes=0-1',
    'If-None-Match: *',
    'X-Forwarded-For: 1.2.3.4, x',
    'Origin: https://page.test',
    'Access-Control-Request-Method: PUT',
    'X-Request-Id: given',
  ),
  headerText.map((given) => `X-Any: ${given}`),
  mutated('Cookie: __Host-session=abc; a="b"', headerText).filter((given) => given.includes(':')),
)

export const request: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
  target,
  lines: fc.array(line, { maxLength: 4 }),
  body: fc.oneof(
    fc.constantFrom('', '{"a":1}', '{"a":', '--x\r\n', '[[[[', '\0'),
    fc.constantFrom('--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--'),
    headerText,
  ),
})

/** Sends a request that says who it is from; `undefined` where none can be made. */
export type Send = (id: string, sent: Sent) => Promise<Received | undefined>

export function byFetch(app: App): Send {
  return async (id, sent) => {
    const made = requestOf(id, sent)
    if (!made) return undefined
    const { status, headers, body } = await app.fetch(made)
    let text = ''
    try {
      for await (const chunk of body ?? []) text += Buffer.from(chunk).toString('latin1')
    } catch {
      return { status, headers: [...headers], body: text, isWhole: false }
    }
    return { status, headers: [...headers], body: text, isWhole: true }
  }
}

/** @throws Error when what comes back is not one response to its last byte. */
export function byWire(port: number): Send {
  return async (id, sent) => {
    const wire = new Wire(connect(port, '127.0.0.1')).send(headOf(id, sent, ['Connection: close']))
    return responseIn(await wire.rest(), sent.method)
  }
}

/** The bytes of a request, with a length where there is a body. */
export function headOf(
  id: string,
  { method, target: path, lines, body }: Sent,
  more: readonly string[] = [],
): string {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: shop.test', ...lines, `X-Id: ${id}`]
  return [...head, ...more, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, '', body].join(
    '\r\n',
  )
}

function requestOf(id: string, { method, target: path, lines, body }: Sent): Request | undefined {
  try {
    const headers = new Headers()
    for (const each of [...lines, `X-Id: ${id}`]) {
      const [name = '', ...rest] = each.split(':')
      headers.append(name, rest.join(':').trim())
    }
    const url = path.startsWith('/') ? `http://shop.test${path}` : path
    const hasBody = method !== 'GET' && method !== 'HEAD'
    return new Request(url, { method, headers, ...(hasBody && { body }) })
  } catch {
    return undefined
  }
}

/** RFC 9112 4 and 5: nothing else may come before the body. */
const HEAD =
  /^HTTP\/1\.1 (\d{3}) [\t\x20-\x7e\x80-\xff]*\r\n((?:[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n/

function responseIn(text: string, method: string): Received {
  const continued = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
  const [head = '', status, lines = ''] = HEAD.exec(continued) ?? []
  if (status === undefined) throw new Error(`no head of a response: ${JSON.stringify(text)}`)
  const headers = [...lines.matchAll(/^([^:\r\n]+):[\t ]*(.*?)[\t ]*\r$/gm)].map(
    ([, name = '', value = '']) => [name.toLowerCase(), value] as const,
  )
  const { body, rest, isWhole } = bodyIn(continued.slice(head.length), headers, method, status)
  if (rest !== '') throw new Error(`bytes behind the response: ${JSON.stringify(text)}`)
  return { status: Number(status), headers, body, isWhole }
}

interface Framed {
  readonly body: string
  readonly rest: string
  readonly isWhole: boolean
}

/** RFC 9112 6.3. */
function bodyIn(
  text: string,
  headers: Received['headers'],
  method: string,
  status: string,
): Framed {
  const all = (wanted: string) =>
    headers.filter(([name]) => name === wanted).map(([, value]) => value)
  const [lengths, codings] = [all('content-length'), all('transfer-encoding')]
  if (lengths.length + codings.length > 1)
    throw new Error(`a body that is framed twice: ${JSON.stringify(headers)}`)
  if (method === 'HEAD' || /^(?:1..|204|304)$/.test(status))
    return { body: '', rest: text, isWhole: true }
  if (codings.length > 0) return chunkedBody(text)
  if (lengths.length === 0) return { body: text, rest: '', isWhole: true }
  const [length = ''] = lengths
  if (!/^\d+$/.test(length)) throw new Error(`a length that is none: ${length}`)
  const end = Number(length)
  return { body: text.slice(0, end), rest: text.slice(end), isWhole: text.length >= end }
}

function chunkedBody(text: string): Framed {
  let [body, at] = ['', 0]
  for (;;) {
    const [size = '', digits = ''] = /^([\da-f]+)\r\n/i.exec(text.slice(at)) ?? []
    if (size === '') return { body, rest: '', isWhole: false }
    const length = Number.parseInt(digits, 16)
    const from = at + size.length
    body += text.slice(from, from + length)
    at = from + length + 2
    if (length === 0) return { body, rest: text.slice(at), isWhole: true }
  }
}
