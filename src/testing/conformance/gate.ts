/** Keeps requests waiting in their handlers, so that they run at the same time. */
export interface Gate {
  /** Resolves when all expected requests have come, or after a while: a store may let in only one at a time. */
  readonly full: Promise<void>
  /** Waits until the gate is open. */
  readonly pass: () => Promise<void>
  readonly open: () => void
}

/** @param expected how many requests come to the gate. */
export function gate(expected: number): Gate {
  let open = () => {}
  let fill = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const full = new Promise<void>((resolve) => (fill = resolve))
  const timer = setTimeout(fill, TIMEOUT)
  let missing = expected
  return {
    full: full.finally(() => clearTimeout(timer)),
    open,
    pass: () => {
      missing -= 1
      if (missing === 0) fill()
      return opened
    },
  }
}

/** Milliseconds after which no more requests are expected. */
const TIMEOUT = 300

/** A gate that opens when all expected requests have come, so that all have read the session before one changes it. */
export function meetingPoint(expected: number): () => Promise<void> {
  const { full, open, pass } = gate(expected)
  void full.then(open)
  return pass
}
