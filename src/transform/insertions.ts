import { Mappings } from './mappings.js'

/** A source map: https://tc39.es/ecma426/ */
export interface SourceMap {
  readonly version: number
  readonly file?: string
  readonly sources: string[]
  readonly sourcesContent?: string[]
  readonly names: string[]
  readonly mappings: string
  toString(): string
}

/** Code that is inserted into a text; nothing is ever replaced. */
export class Insertions {
  readonly #made: { readonly at: number; readonly code: string }[] = []

  get isEmpty(): boolean {
    return this.#made.length === 0
  }

  /** Inserts code at an offset; insertions at one offset stand in the order of the calls. */
  put(at: number, code: string): void {
    this.#made.push({ at, code })
  }

  /** The text with everything inserted, and the map that leads back to it. */
  into(text: string, path: string): { readonly code: string; readonly map: SourceMap } {
    const made = this.#made.toSorted((one, other) => one.at - other.at)
    const copied = new Copy(text)
    for (const { at, code } of made) copied.upTo(at).put(code)
    const { code, mappings } = copied.upTo(text.length)
    const map = { version: 3, sources: [path], sourcesContent: [text], names: [], mappings }
    // Not enumerable, so that tools may send the map to another thread.
    return {
      code,
      map: Object.defineProperty(map, 'toString', { value: () => JSON.stringify(map) }),
    }
  }
}

/**
 * Copies a text piece by piece, with a segment of the map for each word and each sign. As nothing is
 * replaced, that is arithmetic; a library for edits of any kind takes four times as long, which would
 * be most of the time of the whole transform.
 */
class Copy {
  readonly #text: string
  readonly #mappings = new Mappings()
  #code = ''
  #at = 0
  #line = 0
  #lineStart = 0
  /** How far insertions have moved the rest of this line. */
  #shift = 0

  constructor(text: string) {
    this.#text = text
  }

  get code(): string {
    return this.#code
  }

  get mappings(): string {
    return this.#mappings.toString()
  }

  upTo(end: number): this {
    const text = this.#text
    let before = SPACE
    for (let at = this.#at; at < end; at++) {
      const kind = kindAt(text, at)
      if (kind === LINE_END) {
        this.#mappings.endLine()
        this.#line++
        this.#lineStart = at + 1
        this.#shift = 0
      } else if (kind !== SPACE && (kind === SIGN || kind !== before)) {
        const column = at - this.#lineStart
        this.#mappings.add(column + this.#shift, this.#line, column)
      }
      before = kind
    }
    this.#code += text.slice(this.#at, end)
    this.#at = end
    return this
  }

  /** Inserted code has no place in the source. Only after the text does it have lines of its own. */
  put(code: string): void {
    this.#code += code
    this.#shift += code.length
  }
}

const [SPACE, WORD, SIGN, LINE_END] = [0, 1, 2, 3]

/** Lines are what compilers count as such: https://tc39.es/ecma262/#prod-LineTerminatorSequence */
function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code > 127) return code === 0x2028 || code === 0x2029 ? LINE_END : WORD
  const kind = KINDS[code]!
  return kind === LINE_END && text.startsWith('\r\n', at) ? SPACE : kind
}

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  if ('\n\r'.includes(character)) return LINE_END
  if (/\s/.test(character)) return SPACE
  return /[\w$]/.test(character) ? WORD : SIGN
})
