import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'

/** Who may log in. A real shop keeps salt and hash in its database. */
export class Users {
  readonly #salt = randomBytes(16)
  readonly #hashes = new Map<string, Buffer>()

  constructor(passwords: Readonly<Record<string, string>>) {
    for (const [name, password] of Object.entries(passwords))
      this.#hashes.set(name, this.#hash(password))
  }

  check(name: string, password: string) {
    const hash = this.#hash(password)
    // Somebody unknown takes as long as a wrong password: nobody learns who has an account.
    return timingSafeEqual(this.#hashes.get(name) ?? Buffer.alloc(hash.length), hash)
  }

  #hash(password: string) {
    return scryptSync(password, this.#salt, 32)
  }
}
