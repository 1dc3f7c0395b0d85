/** RFC 9112 3.2: an invalid Host is a 400. Later it would make the URL of the request throw. */
export function isHost(host: string): boolean {
  return /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host) && URL.canParse(`http://${host}`)
}

/** The one spelling of a host: lower case, without the port of its scheme (RFC 3986 6.2.2.1, 6.2.3). */
export function normalHost(host: string, isHttps: boolean): string {
  return new URL(`${isHttps ? 'https' : 'http'}://${host}`).host
}

/** The hosts that an application is reached by, each with any port unless it names one. */
export class AllowedHosts {
  readonly #hosts = new Set<string>()
  readonly #parents: string[] = []

  /** @throws TypeError when one is no host. */
  constructor(hosts: readonly string[]) {
    for (const host of hosts) {
      const name = host.startsWith('*.') ? host.slice(2) : host
      if (!isHost(name)) {
        throw new TypeError(
          `App: allowedHosts names '${host}', which is no host. Write 'shop.example', 'localhost:3000' or '*.shop.example'.`,
        )
      }
      if (name === host) this.#hosts.add(normalHost(name, false))
      else this.#parents.push(`.${normalHost(name, false)}`)
    }
  }

  /** @param host as it was sent; without one nothing says that this application was meant. */
  has(host: string | undefined): boolean {
    if (host === undefined) return false
    // Some resolvers take a dot at the end, which makes another text of the same name.
    const given = normalHost(host, false).replace(/\.(?=:|$)/, '')
    const name = given.replace(/:\d+$/, '')
    if (this.#hosts.has(given) || this.#hosts.has(name)) return true
    return this.#parents.some((parent) => given.endsWith(parent) || name.endsWith(parent))
  }
}
