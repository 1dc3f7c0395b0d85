import { cookieDate } from './cookie-date.js'

/** One `Set-Cookie` line as a browser reads it. */
export interface ReceivedCookie {
  readonly name: string
  readonly value: string
  readonly path: string | undefined
  readonly domain: string | undefined
  /** Milliseconds since 1970; `-Infinity` for what has ended. */
  readonly expires: number | undefined
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly partitioned: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
}

/**
 * Reads a line by the algorithm of browsers (RFC 6265bis, section 5.6), not by the grammar of servers: it takes
 * what it can, and gives `undefined` for a line that a browser drops.
 */
export function readSetCookie(line: string, now: number): ReceivedCookie | undefined {
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) return undefined
  const [pair = '', ...parts] = line.split(';')
  const equals = pair.indexOf('=')
  const name = equals === -1 ? '' : trim(pair.slice(0, equals))
  const value = trim(pair.slice(equals + 1))
  if (name === '' && value === '') return undefined
  if (Buffer.byteLength(name) + Buffer.byteLength(value) > 4096) return undefined
  return { name, value, ...attributesOf(parts, now) }
}

type Attributes = Omit<ReceivedCookie, 'name' | 'value'>

/** The last of a repeated attribute wins; one that cannot be read is as if it were not there. */
function attributesOf(parts: readonly string[], now: number): Attributes {
  const found = new Map<string, string>()
  for (const part of parts) {
    const equals = part.indexOf('=')
    const name = trim(equals === -1 ? part : part.slice(0, equals)).toLowerCase()
    const value = equals === -1 ? '' : trim(part.slice(equals + 1))
    const isReadable = Buffer.byteLength(value) <= 1024 && (READABLE.get(name)?.(value) ?? true)
    if (isReadable) found.set(name, value)
  }
  const path = found.get('path')
  return {
    path: path?.startsWith('/') ? path : undefined,
    domain: found.get('domain')?.replace(/^\./, '').toLowerCase() || undefined,
    expires: expiryOf(found.get('max-age'), found.get('expires'), now),
    httpOnly: found.has('httponly'),
    secure: found.has('secure'),
    partitioned: found.has('partitioned'),
    sameSite: sameSiteOf(found.get('samesite')),
  }
}

const READABLE = new Map<string, (value: string) => boolean>([
  ['expires', (value) => cookieDate(value) !== undefined],
  ['max-age', (value) => /^-?\d+$/.test(value)],
])

/** Section 5.5: no cookie is kept for longer than 400 days. */
const LONGEST = 400 * 86_400_000

/** Max-Age wins over Expires. */
function expiryOf(
  maxAge: string | undefined,
  expires: string | undefined,
  now: number,
): number | undefined {
  const end =
    maxAge !== undefined
      ? endAfter(Number(maxAge), now)
      : expires === undefined
        ? undefined
        : cookieDate(expires)
  return end === undefined ? undefined : Math.min(end, now + LONGEST)
}

function endAfter(seconds: number, now: number): number {
  return seconds <= 0 ? -Infinity : now + seconds * 1000
}

function sameSiteOf(value: string | undefined): ReceivedCookie['sameSite'] {
  const word = value?.toLowerCase()
  return word === 'strict' || word === 'lax' || word === 'none' ? word : undefined
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}
