import type { Cookie } from '../cookies/cookie.js'
import type { HeaderLine } from './plain-response.js'

/** What a `Reply` had at one moment. */
export class ReplyParts {
  readonly status: number | undefined
  readonly lines: readonly HeaderLine[]
  readonly cookies: ReadonlyMap<string, Cookie> | undefined

  constructor(
    status: number | undefined,
    lines: readonly HeaderLine[],
    cookies: ReadonlyMap<string, Cookie> | undefined,
  ) {
    this.status = status
    this.lines = lines
    this.cookies = cookies
  }

  /** These without what was set in between: what is still as it was then goes back to what it was before. */
  without(then: ReplyParts, before: ReplyParts | undefined): ReplyParts {
    const lines = goneBack(byName(this.lines), byName(then.lines), byName(before?.lines ?? []))
    const cookies = goneBack(this.cookies ?? NONE, then.cookies ?? NONE, before?.cookies ?? NONE)
    return new ReplyParts(
      this.status === then.status ? before?.status : this.status,
      [...lines].map(([key, content]): HeaderLine => [nameIn(key), content]),
      cookies.size === 0 ? undefined : cookies,
    )
  }
}

const NONE: ReadonlyMap<string, Cookie> = new Map()

function goneBack<Value>(
  now: ReadonlyMap<string, Value>,
  then: ReadonlyMap<string, Value>,
  before: ReadonlyMap<string, Value>,
): Map<string, Value> {
  const left = new Map<string, Value>()
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const value = now.get(key) === then.get(key) ? before.get(key) : now.get(key)
    if (value !== undefined) left.set(key, value)
  }
  return left
}

/** `Set-Cookie` is the one header whose lines are never combined (RFC 9110 5.3), so each has a key of its own. */
function byName(lines: readonly HeaderLine[]): Map<string, string> {
  return new Map(
    lines.map(([name, content]) => [name === 'set-cookie' ? `${name}\n${content}` : name, content]),
  )
}

function nameIn(key: string): string {
  return key.split('\n', 1)[0]!
}
