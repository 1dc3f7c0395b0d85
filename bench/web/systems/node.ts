import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { GREETING, LIFE, NAME, SECRET, type System } from '../system.js'

/** The limit: written by hand on `node:http`, with no abstraction and the same promises to the browser. */
export const system: System = {
  hello: () => listening((_request, response) => send(response, GREETING)),
  sealed: () => listening(cookieApp(seal, unseal)),
  signed: () => listening(cookieApp(sign, verified)),
  redis: (url) => listening(redisApp(new Redis(url, { lazyConnect: false }))),
}

interface Data {
  name: string
  count: number
}

type Headers = Record<string, string>

function send(response: ServerResponse, text: string, headers: Headers = {}): void {
  headers['content-type'] = 'text/plain; charset=utf-8'
  headers['content-length'] = `${Buffer.byteLength(text)}`
  response.writeHead(200, headers)
  response.end(text)
}

function cookieApp(
  write: (text: string) => string,
  read: (token: string) => string | undefined,
): RequestListener {
  return (request, response) => {
    if (request.url === '/') return send(response, GREETING)
    const token = cookieOf(request)
    const text = token === undefined ? undefined : read(token)
    const stored =
      text === undefined ? undefined : (JSON.parse(text) as { data: Data; until: number })
    const data = stored && stored.until > Date.now() ? stored.data : { name: NAME, count: 0 }
    if (request.url === '/read') return send(response, `${data.count}`, { vary: 'Cookie' })
    data.count += 1
    const value = write(JSON.stringify({ data, until: Date.now() + LIFE * 1000 }))
    send(response, `${data.count}`, {
      vary: 'Cookie',
      'cache-control': 'no-store',
      'set-cookie': cookie(value),
    })
  }
}

function redisApp(redis: Redis): RequestListener {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = cookieOf(request)
    const key = id === undefined ? undefined : keyOf(id)
    const text = key === undefined ? null : await redis.get(key)
    const data = text === null ? { name: NAME, count: 0 } : (JSON.parse(text) as Data)
    if (request.url === '/read') return send(response, `${data.count}`, { vary: 'Cookie' })
    data.count += 1
    const headers: Headers = { vary: 'Cookie' }
    if (text === null) {
      const fresh = randomBytes(32).toString('base64url')
      await redis.set(keyOf(fresh), JSON.stringify(data), 'EX', LIFE)
      headers['cache-control'] = 'no-store'
      headers['set-cookie'] = cookie(fresh)
    } else {
      await redis.set(key!, JSON.stringify(data), 'EX', LIFE)
    }
    send(response, `${data.count}`, headers)
  }
  return (request, response) => {
    if (request.url === '/') return send(response, GREETING)
    answer(request, response).catch(() => response.writeHead(503).end())
  }
}

const COOKIE = '__Host-session'

function cookie(value: string): string {
  return `${COOKIE}=${value}; Path=/; HttpOnly; Secure; SameSite=Lax`
}

function cookieOf(request: IncomingMessage): string | undefined {
  const header = request.headers.cookie
  const start = header?.indexOf(`${COOKIE}=`) ?? -1
  if (start === -1) return undefined
  const from = start + COOKIE.length + 1
  const end = header!.indexOf(';', from)
  return end === -1 ? header!.slice(from) : header!.slice(from, end)
}

const KEY = Buffer.from(hkdfSync('sha256', SECRET, '', 'bench', 32))

function seal(text: string): string {
  const nonce = randomFillSync(Buffer.allocUnsafe(12))
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce)
  const body = cipher.update(text, 'utf8')
  cipher.final()
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
}

function unseal(token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length < 29) return undefined
  const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  try {
    const text = decipher.update(bytes.subarray(12, -16), undefined, 'utf8')
    decipher.final()
    return text
  } catch {
    return undefined
  }
}

function sign(text: string): string {
  const body = Buffer.from(text).toString('base64url')
  return `${body}.${createHmac('sha256', KEY).update(body).digest('base64url')}`
}

function verified(token: string): string | undefined {
  const dot = token.lastIndexOf('.')
  if (dot === -1) return undefined
  const expected = createHmac('sha256', KEY).update(token.slice(0, dot)).digest()
  const given = Buffer.from(token.slice(dot + 1), 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return Buffer.from(token.slice(0, dot), 'base64url').toString()
}

function keyOf(id: string): string {
  return `limit:${createHash('sha256').update(id).digest('base64url')}`
}

function listening(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
