/** How many characters of a secret are searched for: too few to be of use to a reader. */
const WINDOW = 16

/**
 * Remembers secrets (ids, cookies, keys, planted data) and finds them in output (the console, streams, warnings),
 * even when only their first sixteen characters are there.
 */
export class LogHygiene {
  /** The kind of each secret, by its first characters. */
  readonly #secrets = new Map<string, string>()
  #recorded: (readonly [where: string, text: string])[] = []

  /** Remembers a secret. A text of less than sixteen characters is ignored: it could occur anywhere. */
  keep(kind: string, secret: string): void {
    if (secret.length >= WINDOW) this.#secrets.set(secret.slice(0, WINDOW), kind)
  }

  /** Remembers output. */
  record(where: string, text: string): void {
    this.#recorded.push([where, text])
  }

  /** The next test file has output of its own; what is secret remains so. */
  forgetOutput(): void {
    this.#recorded = []
  }

  /** Each line with a secret in it, without the secret. */
  leaks(): string[] {
    return this.#recorded.flatMap(([where, text]) => {
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

/** The instance of this process, which `log-hygiene-setup.ts` checks at the end of each test file. */
export const hygiene = new LogHygiene()
