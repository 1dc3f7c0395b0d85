import type { WriteStep, WriteOutcome } from './next-step.js'
import type { UnpublishedEvent } from '../events/unpublished-event.js'
import type { SessionState } from '../session/session-state.js'

/** Emits how a step ended. Call it only while somebody listens: `state.emit`. */
export function emitStepEvents(
  state: SessionState,
  step: WriteStep,
  outcome: WriteOutcome | 'unknown',
): void {
  // Noting activity is no event: when it fails, nothing is lost.
  if (step.kind === 'nothing' || step.kind === 'touch') return
  // What is lost fails the request, whose visit says so.
  if (outcome === 'taken')
    state.emit?.({ type: 'conflicted', reason: 'retried', id: state.storedId })
  if (outcome !== 'landed') return
  for (const event of eventsOfLanded(state, step)) state.emit?.(event)
}

function eventsOfLanded(
  state: SessionState,
  step: Exclude<WriteStep, { kind: 'nothing' | 'touch' }>,
): readonly UnpublishedEvent[] {
  const { id } = step
  if (id === undefined) return []
  const isLogin = state.isAuthenticated
  switch (step.kind) {
    case 'create': {
      const reason = isLogin ? 'authenticated' : 'written'
      const created = { type: 'created', reason, id } as const
      return step.destroyedId === undefined
        ? [created]
        : [destroyed(step.destroyedId, 'asked'), created]
    }
    case 'patch':
      return [{ type: 'changed', reason: step.sendsCookie ? 'remembered' : 'written', id }]
    case 'regenerate': {
      const reason = isLogin ? 'authenticated' : 'asked'
      return [{ type: 'regenerated', reason, id, previousId: step.previousId }]
    }
    case 'destroy':
      // The handler did not destroy it: it expired while the handler ran.
      return [destroyed(id, state.isNew ? 'asked' : 'expired')]
  }
}

function destroyed(id: string, reason: 'asked' | 'expired'): UnpublishedEvent {
  return { type: 'destroyed', reason, id }
}
