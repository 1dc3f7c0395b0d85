import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { SessionEvent } from 'ingot'

/**
 * Writes why sessions end, are refused or get a new id, without an id or a name.
 *
 * @returns the function that stops it.
 */
export function watchSessions(write: (line: string) => void) {
  const onEvent = (message: unknown) => {
    const { type, reason } = message as SessionEvent
    if (type === 'refused' || type === 'regenerated' || type === 'destroyed')
      write(`session ${type}: ${reason}`)
  }
  subscribe('ingot:session', onEvent)
  return () => void unsubscribe('ingot:session', onEvent)
}
