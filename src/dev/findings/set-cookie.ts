import { isLoopback } from '../../http/index.js'
import type { CookieTraffic } from '../messages.js'

/** A `Set-Cookie` line, and the request that it answered. */
export interface SetCookie {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly domain: string | undefined
  readonly secure: boolean
  readonly sameSite: string
  /** Seconds; `undefined` until the browser closes. */
  readonly maxAge: number | undefined
  readonly host: string
  readonly at: number
}

export function readSetCookie(line: string, { host }: CookieTraffic, at: number): SetCookie {
  const [pair = '', ...parts] = line.split(';')
  const equals = pair.indexOf('=')
  const attributes = new Map(
    parts.map((part) => {
      const [name = '', text = ''] = part.trim().split('=', 2)
      return [name.toLowerCase(), text]
    }),
  )
  const maxAge = attributes.get('max-age')
  return {
    name: pair.slice(0, equals).trim(),
    value: pair.slice(equals + 1).trim(),
    path: attributes.get('path') ?? '/',
    domain: attributes.get('domain')?.replace(/^\./, '').toLowerCase() || undefined,
    secure: attributes.has('secure'),
    sameSite: attributes.get('samesite')?.toLowerCase() ?? 'lax',
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    host: hostnameOf(host),
    at,
  }
}

/** Why, and what to do. */
export interface Reason {
  readonly why: string
  readonly remedy: string
}

/** Why a browser drops this cookie, which it does without a word (RFC 6265bis, section 5.7). */
export function reasonToDrop(cookie: SetCookie, { isHttps }: CookieTraffic): Reason | undefined {
  const { name, value, secure, domain, path, sameSite, host } = cookie
  const size = Buffer.byteLength(name) + Buffer.byteLength(value)
  if (size > 4096)
    return {
      why: `It has ${size} bytes, and browsers take 4096 for name and value.`,
      remedy: 'Keep less in it, or use a server-side store.',
    }
  if (secure && !isHttps && !isLoopback(host))
    return {
      why: `It is Secure, and the page came over plain http from '${host}'. Browsers keep such a cookie over https, and from localhost.`,
      remedy:
        "While developing give the store `secure: 'auto'`, open the page at localhost, or serve over https.",
    }
  if (sameSite === 'none' && !secure)
    return {
      why: 'It is SameSite=None without Secure.',
      remedy: 'Make it Secure, or SameSite=Lax.',
    }
  if (domain !== undefined && host !== domain && !host.endsWith(`.${domain}`))
    return {
      why: `It is for the domain '${domain}', and the page came from '${host}'.`,
      remedy: 'Leave the option `domain` out, or open the page at that domain.',
    }
  const [prefix] = /^__(?:Host|Secure|Http|Host-Http)-/.exec(name) ?? []
  const isPromised = secure && (!prefix?.startsWith('__Host-') || (path === '/' && !domain))
  if (prefix && !isPromised)
    return {
      why: `Its name begins with ${prefix}, which promises Secure${prefix.startsWith('__Host-') ? ', Path=/ and no Domain' : ''}.`,
      remedy: 'Give the cookie these attributes, or another name.',
    }
  return undefined
}

/** What is asked for, by whom. */
export interface AskedPath {
  readonly method: string
  readonly path: string
  readonly at: number
}

/** Why a browser that took this cookie did not send it; `undefined` when it should have. */
export function reasonNotSent(
  { path, secure, domain, sameSite, maxAge, host: from, at }: SetCookie,
  asked: AskedPath,
  { host, isHttps, isCrossSite, scriptOrigin }: CookieTraffic,
): Reason | undefined {
  const name = hostnameOf(host)
  if (domain === undefined ? name !== from : name !== domain && !name.endsWith(`.${domain}`))
    return {
      why: `It was set at '${domain ?? from}', and this request came to '${name}'. To browsers these are two sites.`,
      remedy: 'Use one of the two names everywhere, also in links and redirects.',
    }
  if (asked.path !== path && !asked.path.startsWith(path.replace(/\/?$/, '/')))
    return {
      why: `Its path is '${path}', and this request was for '${asked.path}': browsers send it below its path only.`,
      remedy: 'Leave the option `path` of the store out, or ask for the session below it only.',
    }
  if (maxAge !== undefined && asked.at >= at + maxAge * 1000)
    return {
      why: `It was good for ${maxAge} seconds, which have passed.`,
      remedy: 'Raise `absoluteTimeout` of the store, or what `session.remember` is given.',
    }
  if (secure && !isHttps && !isLoopback(name))
    return {
      why: 'It is Secure, and this request came over plain http.',
      remedy: "Serve over https everywhere, or give the store `secure: 'auto'` while developing.",
    }
  if (isCrossSite && (sameSite === 'strict' || (sameSite === 'lax' && asked.method !== 'GET')))
    return {
      why: `It is SameSite=${sameSite === 'lax' ? 'Lax' : 'Strict'}, and the request came from a page of another website.`,
      remedy: 'That is its purpose. Where it has to arrive, see docs/cross-site.md.',
    }
  if (scriptOrigin !== undefined)
    return {
      why: `A script of ${scriptOrigin} made the request. That is another origin, to which \`fetch\` sends no cookies, and whose cookies it drops, until it is told otherwise.`,
      remedy:
        "Give `fetch` `credentials: 'include'`, and the application a `cors()` with that origin and `credentials: true`; or let the server of that page pass these requests on.",
    }
  return undefined
}

export function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}
