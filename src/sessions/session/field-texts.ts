/** What a store has to write: only fields whose text differs from the text that was loaded. */
export interface FieldChanges {
  readonly isEmpty: boolean
  /** `clear()` was called: fields that are not in `texts` go, those that other requests added meanwhile as well. */
  readonly isCleared: boolean
  /** The new text of each field that was written, and `undefined` for one that was removed. */
  readonly texts: ReadonlyMap<string, string | undefined>
  /**
   * Those that `update` wrote, with the text that it began with: when the store holds another one, the update has
   * to be made again. For all others the last write wins.
   */
  readonly updated: ReadonlyMap<string, string | undefined>
}

/** No fields, or no changes of them. */
export const NO_FIELDS: ReadonlyMap<string, never> = new Map<string, never>()

export const NO_CHANGES: FieldChanges = {
  isEmpty: true,
  isCleared: false,
  texts: NO_FIELDS,
  updated: NO_FIELDS,
}

/** What a dump is about to write. What is written while it is under way belongs to the next dump. */
export interface PendingFields {
  readonly changes: FieldChanges
  readonly texts: ReadonlyMap<string, string>
  /** How many updates of each field are in it. */
  readonly updates: readonly (readonly [field: string, count: number])[] | undefined
  readonly clears: number
}

/** Texts under names, found when they are asked for. */
export abstract class FieldTexts implements ReadonlyMap<string, string> {
  abstract readonly size: number
  abstract get(name: string): string | undefined
  abstract entries(): MapIterator<[string, string]>

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): MapIterator<string> {
    for (const [, text] of this.entries()) yield text
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }

  forEach(visit: (text: string, name: string, fields: this) => void): void {
    for (const [name, text] of this.entries()) visit(text, name, this)
  }
}

/** Fields with changes over them. Nothing is copied until somebody reads all of them. */
export class ChangedFields extends FieldTexts {
  /** The fields without the changes; a store may copy them as they are. */
  readonly base: ReadonlyMap<string, string>
  readonly changes: ReadonlyMap<string, string | undefined>
  #copied: ReadonlyMap<string, string> | undefined

  constructor(
    base: ReadonlyMap<string, string>,
    { isCleared, texts }: Pick<FieldChanges, 'isCleared' | 'texts'>,
  ) {
    super()
    this.changes = texts
    // Never more than one layer: a request may commit many times.
    const below = base instanceof ChangedFields ? base.#all : base
    this.base = isCleared ? NO_FIELDS : below
  }

  get size(): number {
    return this.#all.size
  }

  get(name: string): string | undefined {
    const text = this.changes.get(name)
    return text !== undefined || this.changes.has(name) ? text : this.base.get(name)
  }

  entries(): MapIterator<[string, string]> {
    return this.#all.entries()
  }

  get #all(): ReadonlyMap<string, string> {
    if (this.#copied) return this.#copied
    const all = new Map(this.base)
    for (const [name, text] of this.changes) {
      if (text === undefined) all.delete(name)
      else all.set(name, text)
    }
    return (this.#copied = all)
  }
}
