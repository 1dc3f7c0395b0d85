import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { SessionEvent } from 'ingot'

export interface SecurityLogOptions {
  /** Lines per second; further ones are only counted. Default: 10. */
  readonly limit?: number
  /** Milliseconds. Default: `performance.now`. */
  readonly clock?: () => number
}

// #region log
const ordinary = new Set(['expired-idle', 'expired-absolute'])

/** Writes a line for each refused cookie, changed id and destroyed session, up to a limit per second. */
export function logSecurity(
  write: (line: string) => void,
  { limit = 10, clock = () => performance.now() }: SecurityLogOptions = {},
): () => void {
  let [second, lines, dropped] = [-1, 0, 0]

  const onEvent = (message: unknown) => {
    const { type, reason, session, previous } = message as SessionEvent
    const isRefusal = type === 'refused' && !ordinary.has(reason)
    if (!isRefusal && type !== 'regenerated' && type !== 'destroyed') return
    const now = Math.floor(clock() / 1000)
    if (now !== second) {
      if (dropped > 0) write(JSON.stringify({ dropped }))
      ;[second, lines, dropped] = [now, 0, 0]
    }
    if (lines < limit) write(JSON.stringify({ type, reason, session, previous }))
    else dropped += 1
    lines += 1
  }
  subscribe('ingot:session', onEvent)
  return () => void unsubscribe('ingot:session', onEvent)
}
// #endregion
