/** What must not be told: cut out of each text that was told, and shorter than what would be of use. */
const WINDOW = 16

/**
 * Remembers what is secret (ids, cookies, keys, planted data) and finds it in what was told (lines of
 * the console, streams, warnings), also when only the first sixteen characters of it are there.
 */
export class LogHygiene {
  /** The first characters of each secret, and what kind of secret it is. */
  readonly #secrets = new Map<string, string>()
  readonly #told: (readonly [where: string, text: string])[] = []

  /** Notes a secret. A text of less than sixteen characters is none: it could stand anywhere. */
  keep(kind: string, secret: string): void {
    if (secret.length >= WINDOW) this.#secrets.set(secret.slice(0, WINDOW), kind)
  }

  /** Notes what somebody could read. */
  tell(where: string, text: string): void {
    this.#told.push([where, text])
  }

  /** Each line with a secret in it, without the secret. */
  leaks(): string[] {
    return this.#told.flatMap(([where, text]) => {
      return text.split('\n').flatMap((line) => {
        const found = this.#find(line)
        if (!found) return []
        const [kind, at] = found
        return [`${where} shows ${kind} after ${JSON.stringify(line.slice(0, at).slice(-80))}`]
      })
    })
  }

  #find(line: string): readonly [kind: string, at: number] | undefined {
    for (let at = 0; at + WINDOW <= line.length; at++) {
      const kind = this.#secrets.get(line.slice(at, at + WINDOW))
      if (kind !== undefined) return [kind, at]
    }
    return undefined
  }
}

/** The one of this test file, which `log-hygiene-setup.ts` looks through at its end. */
export const hygiene = new LogHygiene()
