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

/**
 * Compares what is stored with what is here.
 *
 * @param isUpdated whether the text of a field is what `update` made of the stored one.
 */
export function changesBetween(
  stored: ReadonlyMap<string, string>,
  here: ReadonlyMap<string, string>,
  isUpdated: (field: string, text: string) => boolean,
  isCleared: boolean,
): FieldChanges {
  let set: Map<string, string> | undefined
  let removed: Set<string> | undefined
  let updated: Map<string, FieldUpdate> | undefined
  for (const [field, text] of here) {
    const expected = stored.get(field)
    if (text === expected) continue
    if (isUpdated(field, text)) (updated ??= new Map()).set(field, { expected, text })
    else (set ??= new Map()).set(field, text)
  }
  for (const field of stored.keys()) if (!here.has(field)) (removed ??= new Set()).add(field)
  if (!set && !removed && !updated) return NO_CHANGES
  return {
    isEmpty: false,
    isCleared,
    set: set ?? NO_CHANGES.set,
    removed: removed ?? NO_CHANGES.removed,
    updated: updated ?? NO_CHANGES.updated,
  }
}
