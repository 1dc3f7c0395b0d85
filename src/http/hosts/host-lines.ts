import { mergeVary } from '../response/merge-vary.js'
import type { HeaderLine } from '../response/plain-response.js'

/** The headers of a response that a host sends: a `Headers`, or three functions over Node's. */
export interface HostHeaders {
  get(name: string): string | null
  set(name: string, content: string): void
  append(name: string, content: string): void
}

/**
 * Adds the lines of a request scope to the headers of the host. What the host has set stays: a `Set-Cookie` stands
 * beside its own (RFC 6265bis 4.1.1), and a `Vary` is merged with its own (RFC 9110 12.5.5).
 */
export function addLines(headers: HostHeaders, lines: readonly HeaderLine[]): void {
  for (const [name, content] of lines) {
    if (name === 'set-cookie') headers.append(name, content)
    else if (name === 'vary') headers.set(name, mergeVary(headers.get(name), content))
    else headers.set(name, content)
  }
}
