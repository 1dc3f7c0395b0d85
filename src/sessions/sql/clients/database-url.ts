/**
 * Checks the URL of a database before its driver does: errors of drivers hold the URL with the password, and without a
 * URL they take a default, as if that had been asked for.
 *
 * @param name of the function that takes the URL; its first protocol is the one of the example.
 * @throws TypeError without anything of the URL.
 */
export function checkDatabaseUrl(
  name: 'postgres' | 'mysql',
  url: unknown,
  protocols: readonly string[],
): asserts url is string {
  const example = `${protocols[0]}//user:password@localhost/shop`
  if (typeof url !== 'string' || url === '') {
    const given = url === '' ? "''" : String(url)
    throw new TypeError(
      `${name}: the url is ${given}. Write ${name}('${example}'), and check the variable that it comes from.`,
    )
  }
  if (isUrl(url, protocols)) return
  throw new TypeError(
    url.includes('@')
      ? `${name}: the url cannot be read. Write '${example}', and percent-encode the password in it: '#' is %23, '/' is %2F, '?' is %3F, '@' is %40, '%' is %25.`
      : `${name}: the url cannot be read. Write '${example}'.`,
  )
}

function isUrl(url: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(url) || url.includes('#') || /%(?![\da-f]{2})/i.test(url)) return false
  const { protocol, pathname } = new URL(url)
  return protocols.includes(protocol) && !pathname.includes('@')
}

/** Where the database is, without user and password. */
export function addressIn(url: string, port: number): string {
  const { host, port: given, pathname, searchParams } = new URL(url)
  const where = host || searchParams.get('host') || 'localhost'
  return `${given || searchParams.has('host') ? where : `${where}:${port}`}${pathname === '/' ? '' : pathname}`
}
