import type { WriteStep, WriteOutcome } from './next-step.js'
import type { SessionState } from '../session/session-state.js'

/** Emits how a step ended, where somebody listens. */
export function emitStepEvents(
  state: SessionState,
  step: WriteStep,
  outcome: WriteOutcome | 'unknown',
): void {
  const { emit, isAuthenticated } = state
  // Noting activity is no event: when it fails, nothing is lost.
  if (!emit || step.kind === 'nothing' || step.kind === 'touch') return
  // What is lost fails the request, whose visit says so.
  if (outcome === 'taken') emit({ type: 'conflicted', reason: 'retried', id: state.storedId })
  const { id } = step
  if (outcome !== 'landed' || id === undefined) return
  switch (step.kind) {
    case 'create': {
      const { destroyedId } = step
      if (destroyedId !== undefined) emit({ type: 'destroyed', reason: 'asked', id: destroyedId })
      return emit({ type: 'created', reason: isAuthenticated ? 'authenticated' : 'written', id })
    }
    case 'patch':
      return emit({ type: 'changed', reason: step.sendsCookie ? 'remembered' : 'written', id })
    case 'regenerate': {
      const reason = isAuthenticated ? 'authenticated' : 'asked'
      return emit({ type: 'regenerated', reason, id, previousId: step.previousId })
    }
    case 'destroy':
      // The handler did not destroy it: it expired while the handler ran.
      return emit({ type: 'destroyed', reason: state.isNew ? 'asked' : 'expired', id })
  }
}
