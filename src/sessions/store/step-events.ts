import type { WriteOutcome } from '../backend/session-backend.js'
import type { WriteStep } from './next-step.js'
import type { UnpublishedEvent } from '../events/unpublished-event.js'
import type { SessionState } from '../session/session-state.js'

/** Tells whoever listens how a step ended. */
export function emitStepEvents(state: SessionState, step: WriteStep, outcome: WriteOutcome): void {
  if (!state.emit) return
  for (const news of newsOf(state, step, outcome)) state.emit(news)
}

function newsOf(
  state: SessionState,
  step: WriteStep,
  outcome: WriteOutcome,
): readonly UnpublishedEvent[] {
  // Noting activity loses nothing when it does not land, and tells nothing when it does.
  if (step.kind === 'nothing' || step.kind === 'touch') return []
  const id = state.storedId
  if (outcome === 'conflict') return [{ type: 'conflicted', reason: 'retried', id }]
  if (outcome === 'missing') return [{ type: 'lost', reason: 'gone', id }]
  return landed(state, step)
}

function landed(
  state: SessionState,
  step: Exclude<WriteStep, { kind: 'nothing' | 'touch' }>,
): readonly UnpublishedEvent[] {
  const { id } = step
  const isLogin = state.isAuthenticated
  switch (step.kind) {
    case 'create': {
      const created = {
        type: 'created',
        reason: isLogin ? 'authenticated' : 'written',
        id,
      } as const
      return step.endedId === undefined ? [created] : [ended(step.endedId, 'asked'), created]
    }
    case 'patch':
      return [{ type: 'changed', reason: step.sendsCookie ? 'remembered' : 'written', id }]
    case 'regenerate': {
      const reason = isLogin ? 'authenticated' : 'asked'
      return [{ type: 'regenerated', reason, id, previousId: step.previousId }]
    }
    case 'destroy':
      // It is still held: nobody asked to destroy it, it came to its end while the handler ran.
      if (state.isNew) return [ended(id, 'asked')]
      return state.status === 'clean'
        ? [ended(id, 'expired')]
        : [ended(id, 'expired'), { type: 'lost', reason: 'expired', id }]
  }
}

function ended(id: string, reason: 'asked' | 'expired'): UnpublishedEvent {
  return { type: 'destroyed', reason, id }
}
