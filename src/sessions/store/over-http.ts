import type { Cookie, Exchange } from '../../http/index.js'

/** The form that a cookie has over plain http while developing, by the form that it has elsewhere. */
const formsOverHttp = new WeakMap<Cookie, Cookie>()

/** Notes the other form of a cookie. Only `secure: 'auto'` makes one. */
export function noteOverHttp(cookie: Cookie, overHttp: Cookie): void {
  formsOverHttp.set(cookie, overHttp)
}

/** The form of a cookie for the browser of this request. */
export function cookieFor(exchange: Exchange, cookie: Cookie): Cookie {
  const overHttp = formsOverHttp.get(cookie)
  return overHttp && exchange.isLocalHttp ? overHttp : cookie
}

const told = new Set<string>()

/** What the developer has to know of the other form, once for each cookie. */
export function overHttpNotice(cookie: Cookie, sent: Cookie): string | undefined {
  if (cookie === sent || told.has(cookie.name)) return undefined
  told.add(cookie.name)
  return (
    `secure: 'auto' sends the cookie '${cookie.name}' as '${sent.name}', without Secure, because the page came ` +
    'over plain http from this machine or its network. That is for developing: with NODE_ENV=production it is refused.'
  )
}
