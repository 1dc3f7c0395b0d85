/** Scheme, host and port as `URL` normalises them; `undefined` for anything that is not just these. */
export function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, host, pathname, href } = new URL(text)
  const origin = `${protocol}//${host}`
  const isBare = href === origin || (pathname === '/' && href === `${origin}/`)
  return host !== '' && isBare ? origin : undefined
}

/**
 * An origin of an option.
 *
 * @throws TypeError when it is written in another way than browsers do, so that it would never match.
 */
export function checkedOrigin(option: string, text: string): string {
  const origin = originOf(text)
  if (origin === text) return text
  throw new TypeError(
    `${option}: '${text}' is not an origin as browsers write it. ` +
      `Write ${origin === undefined ? "scheme, host and port: 'https://partner.example'" : `'${origin}'`}.`,
  )
}
