/** What the `Content-Disposition` of a part says (RFC 7578 4.2). */
export interface Disposition {
  readonly name: string
  /** There is one for a file, also an empty one for an input without a file. */
  readonly filename: string | undefined
}

/** One parameter: a token, or a text in quotes, in which a backslash may stand before a quote. */
const ESCAPED = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\[^])*)"|([^\s";]*))\s*/y

/** For browsers a backslash is a letter, also where it is the last of a name. */
const PLAIN = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"([^"]*)"|([^\s";]*))\s*/y

/**
 * Reads the `Content-Disposition` of a part, in each of the ways that clients write it: without quotes (.NET),
 * with `filename*` (.NET, Java), with `\"` (curl, Go), with `%22` (browsers), and with letters as they are.
 * `undefined` when it is malformed, or is no field of a form.
 */
export function readDisposition(header: unknown): Disposition | undefined {
  if (typeof header !== 'string' || !/^\s*form-data\s*;/i.test(header)) return undefined
  const parameters = parametersIn(header, ESCAPED, unescaped) ?? parametersIn(header, PLAIN, String)
  const name = parameters?.get('name')
  if (!parameters || name === undefined) return undefined
  const extended = parameters.get('filename*')
  // RFC 6266 4.3: the extended form wins.
  const filename = (extended && decoded(extended)) ?? parameters.get('filename')
  return { name: unpercent(name), filename: filename && unpercent(filename) }
}

/** `undefined` when one is malformed, or there twice: one reader would take the first, another the last. */
function parametersIn(
  header: string,
  parameter: RegExp,
  read: (quoted: string) => string,
): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>()
  const end = header.trimEnd().length
  parameter.lastIndex = header.indexOf(';')
  for (let at = parameter.lastIndex; at < end; at = parameter.lastIndex) {
    const match = parameter.exec(header)
    if (!match) return undefined
    const [, name = '', quoted, token = ''] = match
    const key = name.toLowerCase()
    if (parameters.has(key)) return undefined
    parameters.set(key, quoted === undefined ? token : read(quoted))
  }
  return parameters
}

/** Other backslashes are part of a path of Windows, which old browsers send as it is. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(["\\])/g, '$1')
}

const ESCAPES = new Map([
  ['%22', '"'],
  ['%0D', '\r'],
  ['%0A', '\n'],
])

/** Browsers escape only these three (HTML, "multipart/form-data encoding algorithm"); `%41` is three letters. */
function unpercent(text: string): string {
  return text.replaceAll(/%(?:22|0D|0A)/gi, (escape) => ESCAPES.get(escape.toUpperCase())!)
}

/** RFC 8187 3.2.1: `utf-8'en'%e2%82%ac`; `undefined` when it is malformed, for then the plain one counts. */
function decoded(text: string): string | undefined {
  const [, charset = '', escaped = ''] = /^([\w-]+)'[\w-]*'(.*)$/.exec(text) ?? []
  try {
    if (/^utf-?8$/i.test(charset)) return decodeURIComponent(escaped)
    const bytes = escaped.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    return charset === '' ? undefined : new TextDecoder(charset).decode(latin1(bytes))
  } catch {
    return undefined
  }
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
