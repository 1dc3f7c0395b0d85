import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { SessionEvent } from 'ingot'
import type { Meter } from './telemetry.js'

// #region metrics
/** Counts the events of sessions, and measures how long stores take. Returns the function that stops it. */
export function measureSessions(meter: Meter): () => void {
  const events = meter.createCounter('ingot.session.events')
  const duration = meter.createHistogram('ingot.session.load.duration', { unit: 's' })

  const onEvent = (message: unknown) => {
    const event = message as SessionEvent
    const { type, reason, store, operation } = event
    events.add(1, { type, reason, store, operation })
    if (type === 'loaded' || type === 'fresh') duration.record(event.duration! / 1000, { store })
  }
  subscribe('ingot:session', onEvent)
  return () => void unsubscribe('ingot:session', onEvent)
}
// #endregion
