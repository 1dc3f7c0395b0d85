import { Connection, type Answer } from './connection.js'
import type { Kept } from './kept.js'
import { GREETING, type Kind } from './system.js'

const PADDING = 'accept: */*\r\nuser-agent: bench\r\n'

/** The text of a request, as a browser's but shorter. */
export function requestText(method: 'GET' | 'POST', path: string, cookie = ''): string {
  const length = method === 'POST' ? 'content-length: 0\r\n' : ''
  const cookies = cookie === '' ? '' : `cookie: ${cookie}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${PADDING}${length}${cookies}\r\n`
}

/** One request on a connection of its own. */
export async function ask(port: number, request: string): Promise<Answer> {
  const connection = await Connection.open(port)
  try {
    return await new Promise((resolve) => {
      connection.send(Buffer.from(request, 'latin1'), (_status, answer) => resolve(answer))
    })
  } finally {
    connection.close()
  }
}

/** The `Cookie` header of a visitor who got this answer. */
export function cookiesOf({ head }: Answer): string {
  return [...head.matchAll(/\r\nset-cookie: *([^;\r]+)/gi)].map((match) => match[1]).join('; ')
}

/** Begins sessions on kept connections; gives for each connection the `Cookie` headers of its visitors. */
export function begin(port: number, connections: number, each: number): Promise<string[][]> {
  const request = Buffer.from(requestText('POST', '/count'), 'latin1')
  const lane = async (): Promise<string[]> => {
    const connection = await Connection.open(port)
    const cookies: string[] = []
    while (cookies.length < each) {
      const answer = await new Promise<Answer>((resolve) => {
        connection.send(request, (_status, given) => resolve(given))
      })
      expect('a first count', answer.body, '1')
      cookies.push(cookiesOf(answer))
    }
    connection.close()
    return cookies
  }
  return Promise.all(Array.from({ length: connections }, lane))
}

/**
 * Does a system do what it is measured for? The greeting; with sessions, two counts with the cookie that
 * comes back, a read, and no session for cookies that were tampered with.
 *
 * @throws Error that says what it answered.
 */
export async function check(port: number, kind: Kind, { keys, bytes }: Kept): Promise<void> {
  const greeting = await ask(port, requestText('GET', '/'))
  expect('the greeting', greeting.body, GREETING)
  if (cookiesOf(greeting) !== '') throw new Error('A cookie came that nobody asked for')
  if (kind === 'hello' || kind === 'waiting') return
  const first = await ask(port, requestText('POST', '/count'))
  expect('the first count', first.body, '1')
  const cookie = cookiesOf(first)
  if (kind === 'sealed' && /userId|count/.test(decoded(cookie))) throw new Error('It is readable')
  const second = await ask(port, requestText('POST', '/count', cookie))
  expect('the second count', second.body, '2')
  const later = cookiesOf(second) || cookie
  expect('a read', await readWith(port, later), '2')
  const keptKeys = keys - 1 + (bytes === undefined ? 0 : 1)
  const there = await ask(port, requestText('GET', '/kept', later))
  expect('what is kept', there.body, `${keptKeys}`)
  for (const forged of forgeries(later))
    expect('a forged cookie', await readWith(port, forged), '0')
}

async function readWith(port: number, cookie: string): Promise<string> {
  return (await ask(port, requestText('GET', '/read', cookie))).body
}

function expect(what: string, given: string, wanted: string): void {
  if (given !== wanted) throw new Error(`It answered ${given} to ${what}, not ${wanted}`)
}

/** What a cookie would tell a reader. */
function decoded(cookie: string): string {
  return cookie + Buffer.from(cookie.slice(cookie.indexOf('=') + 1), 'base64url').toString('latin1')
}

/** Each cookie with another letter in the middle of its value, the others as they are. */
function forgeries(cookies: string): string[] {
  const pairs = cookies.split('; ')
  return pairs.map((pair, index) => {
    const middle = (pair.indexOf('=') + pair.length) >> 1
    const other = pair[middle] === 'A' ? 'B' : 'A'
    const forged = `${pair.slice(0, middle)}${other}${pair.slice(middle + 1)}`
    return pairs.with(index, forged).join('; ')
  })
}
