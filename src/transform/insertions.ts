import MagicString from 'magic-string'

/** A source map, as the specification has it. */
export interface SourceMap {
  readonly version: number
  readonly file?: string
  readonly sources: string[]
  readonly sourcesContent?: string[]
  readonly names: string[]
  readonly mappings: string
  toString(): string
}

/** Code that is put between what is there; nothing is ever replaced. */
export class Insertions {
  readonly #made: { readonly at: number; readonly code: string }[] = []

  get isEmpty(): boolean {
    return this.#made.length === 0
  }

  /** Puts code at an offset; what is put at one place stands in the order of the calls. */
  put(at: number, code: string): void {
    this.#made.push({ at, code })
  }

  /** The text with everything put in, and the map that leads back to it. */
  into(text: string, path: string): { readonly code: string; readonly map: SourceMap } {
    const edited = new MagicString(text)
    for (const { at, code } of this.#made) edited.appendLeft(at, code)
    const map = edited.generateMap({ source: path, hires: 'boundary', includeContent: true })
    return { code: edited.toString(), map }
  }
}
