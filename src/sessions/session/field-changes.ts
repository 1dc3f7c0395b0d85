/** What a store has to write: only fields whose text differs from the text that was loaded. */
export interface FieldChanges {
  readonly isEmpty: boolean
  /** `clear()` was called: fields that other requests added in the meantime go as well. */
  readonly isCleared: boolean
  /** Written plainly: the last write wins. */
  readonly set: ReadonlyMap<string, string>
  readonly removed: ReadonlySet<string>
  /** Written by `update`: only if the stored text still is `expected` (`undefined`: not there). */
  readonly updated: ReadonlyMap<string, FieldUpdate>
}

/** One field that `update` wrote. */
export interface FieldUpdate {
  readonly expected: string | undefined
  readonly text: string
}

export const NO_CHANGES: FieldChanges = {
  isEmpty: true,
  isCleared: false,
  set: new Map(),
  removed: new Set(),
  updated: new Map(),
}

/** What a dump is about to write. What is written while it is under way belongs to the next dump. */
export interface PendingFields {
  readonly texts: ReadonlyMap<string, string>
  /** How many updates of each field are in it. */
  readonly updates: ReadonlyMap<string, number>
  readonly clears: number
}

export const NO_UPDATES: ReadonlyMap<string, number> = new Map()

/** What `update` does to a value. */
export type Change = (value: unknown) => unknown
