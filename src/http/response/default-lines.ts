import { PlainResponse, type HeaderLine } from './plain-response.js'

/** A response with the lines whose header it does not have. */
export function withDefaults(response: Response, lines: readonly HeaderLine[]): Response {
  if (lines.length === 0) return response
  if (PlainResponse.isPlain(response))
    return response.add(withoutRepeats([], lines, response.lines))
  const { headers } = response
  for (const [name, content] of lines) if (!headers.has(name)) headers.set(name, content)
  return response
}

/** Lines, and those of `defaults` whose header is neither in them nor in `present`. */
export function withoutRepeats(
  lines: readonly HeaderLine[],
  defaults: readonly HeaderLine[],
  present: readonly HeaderLine[],
): readonly HeaderLine[] {
  if (defaults.length === 0) return lines
  const all = lines.slice()
  for (const line of defaults) if (!has(all, line[0]) && !has(present, line[0])) all.push(line)
  return all
}

function has(lines: readonly HeaderLine[], name: string): boolean {
  for (const [present] of lines) if (present === name) return true
  return false
}
