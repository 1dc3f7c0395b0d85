import type { HostHeaders } from './host-lines.js'
import type { HostHead } from './request-scope.js'

/** Headers as `writeHead` takes them. */
type Given = Readonly<Record<string, unknown>>

/**
 * The headers that `writeHead` is given, as the flat list that it also takes: Node writes one as it is, while a header
 * that is set first is checked, kept under two names and read again.
 */
export class HeaderList implements HostHeaders, HostHead {
  readonly status: number
  /** Names and contents in turn. */
  readonly flat: unknown[] = []

  /** Not those that are a list, in which a name may stand more than once, and not a phrase. */
  static takes(headers: unknown): headers is Given | undefined {
    return headers === undefined || (typeof headers === 'object' && !Array.isArray(headers))
  }

  constructor(status: number, headers: Given | undefined) {
    this.status = status
    const { flat } = this
    for (const name in headers) if (Object.hasOwn(headers, name)) flat.push(name, headers[name])
  }

  /** @param name in lower case, as for the other methods. */
  has(name: string): boolean {
    return this.#indexOf(name) !== -1
  }

  get(name: string): string | null {
    const index = this.#indexOf(name)
    return index === -1 ? null : String(this.flat[index + 1])
  }

  set(name: string, content: string): void {
    const index = this.#indexOf(name)
    if (index === -1) this.flat.push(name, content)
    else this.flat[index + 1] = content
  }

  append(name: string, content: string): void {
    this.flat.push(name, content)
  }

  #indexOf(name: string): number {
    const { flat } = this
    for (let index = 0; index < flat.length; index += 2) {
      const present = flat[index] as string
      if (present.length === name.length && present.toLowerCase() === name) return index
    }
    return -1
  }
}
