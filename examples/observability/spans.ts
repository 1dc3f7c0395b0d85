import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { SessionEvent } from 'ingot'
import type { Span } from './telemetry.js'

// #region spans
/**
 * Adds the events of sessions to the span of their request.
 *
 * @param activeSpan `() => trace.getActiveSpan()` of OpenTelemetry.
 */
export function traceSessions(activeSpan: () => Span | undefined): () => void {
  const onEvent = (message: unknown) => {
    const { type, reason, session, duration } = message as SessionEvent
    activeSpan()?.addEvent(`session ${type}`, { reason, session, duration })
  }
  subscribe('ingot:session', onEvent)
  return () => void unsubscribe('ingot:session', onEvent)
}
// #endregion
