import type { WriteOutcome } from '../backend/session-backend.js'
import type { Step } from './next-step.js'
import type { SessionNews } from '../events/unpublished-event.js'
import type { SessionState } from '../session/session-state.js'

/** Tells whoever listens how a step ended. */
export function tellOutcome(state: SessionState, step: Step, outcome: WriteOutcome): void {
  if (!state.tell) return
  for (const news of newsOf(state, step, outcome)) state.tell(news)
}

function newsOf(state: SessionState, step: Step, outcome: WriteOutcome): readonly SessionNews[] {
  // Noting activity loses nothing when it does not land, and tells nothing when it does.
  if (step.kind === 'nothing' || step.kind === 'touch') return []
  const id = state.storedId
  if (outcome === 'conflict') return [{ type: 'conflicted', reason: 'retried', id }]
  if (outcome === 'missing') return [{ type: 'lost', reason: 'gone', id }]
  return landed(state, step)
}

function landed(
  state: SessionState,
  step: Exclude<Step, { kind: 'nothing' | 'touch' }>,
): readonly SessionNews[] {
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
    case 'renew': {
      const reason = isLogin ? 'authenticated' : 'regenerated'
      return [{ type: 'renewed', reason, id, previousId: step.previousId }]
    }
    case 'destroy':
      // It is still held: nobody asked to destroy it, it came to its end while the handler ran.
      if (state.isNew) return [ended(id, 'asked')]
      return state.status === 'clean'
        ? [ended(id, 'expired')]
        : [ended(id, 'expired'), { type: 'lost', reason: 'expired', id }]
  }
}

function ended(id: string, reason: 'asked' | 'expired'): SessionNews {
  return { type: 'destroyed', reason, id }
}
