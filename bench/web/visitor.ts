import { Connection, type Answer } from './connection.js'
import { NAME } from './system.js'

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

/** Begins a session, and gives its `Cookie` header. */
export async function visit(port: number): Promise<string> {
  return cookiesOf(await ask(port, requestText('POST', '/count')))
}

/**
 * Does a system do what it is measured for? Two counts with the cookie that comes back, a read, and no
 * session for a cookie that was tampered with.
 *
 * @throws Error that says what it answered.
 */
export async function check(port: number, isCookieStore: boolean): Promise<void> {
  const first = await ask(port, requestText('POST', '/count'))
  expect('the first count', first.body, '1')
  const cookie = cookiesOf(first)
  if (isCookieStore && cookie.includes(NAME)) throw new Error('The cookie is readable')
  const second = await ask(port, requestText('POST', '/count', cookie))
  expect('the second count', second.body, '2')
  const later = cookiesOf(second) || cookie
  expect('a read', (await ask(port, requestText('GET', '/read', later))).body, '2')
  const forged = tampered(later)
  expect('a forged cookie', (await ask(port, requestText('GET', '/read', forged))).body, '0')
}

function expect(what: string, given: string, wanted: string): void {
  if (given !== wanted) throw new Error(`It answered ${given} to ${what}, not ${wanted}`)
}

/** Another letter in the middle of each value, so that no padding hides it. */
function tampered(cookies: string): string {
  return cookies
    .split('; ')
    .map((pair) => {
      const middle = pair.indexOf('=') + ((pair.length - pair.indexOf('=')) >> 1)
      return `${pair.slice(0, middle)}${pair[middle] === 'A' ? 'B' : 'A'}${pair.slice(middle + 1)}`
    })
    .join('; ')
}
