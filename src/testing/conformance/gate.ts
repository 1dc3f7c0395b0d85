/** Holds requests in their handlers, so that they are under way at the same time. */
export interface Gate {
  /** Settles when all who are expected have come, or when no more come: a store may let only one in at a time. */
  readonly full: Promise<void>
  /** Waits until it is open. */
  readonly pass: () => Promise<void>
  readonly open: () => void
}

/** @param expected how many requests come to the gate. */
export function gate(expected: number): Gate {
  let open = () => {}
  let fill = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const full = new Promise<void>((resolve) => (fill = resolve))
  const patience = setTimeout(fill, PATIENCE)
  let missing = expected
  return {
    full: full.finally(() => clearTimeout(patience)),
    open,
    pass: () => {
      missing -= 1
      if (missing === 0) fill()
      return opened
    },
  }
}

/** Milliseconds; a correct store never needs them. */
const PATIENCE = 300

/** Opens when all who are expected have come: lets requests change a session that all of them have read before. */
export function together(expected: number): () => Promise<void> {
  const held = gate(expected)
  void held.full.then(held.open)
  return held.pass
}
