import { PlainResponse, type HeaderLine } from './plain-response.js'

/** The response with the lines whose header it does not have. */
export function withDefaults(response: Response, lines: readonly HeaderLine[]): Response {
  if (PlainResponse.isPlain(response)) response.addDefaults(lines)
  else
    for (const [name, content] of lines)
      if (!response.headers.has(name)) response.headers.set(name, content)
  return response
}
