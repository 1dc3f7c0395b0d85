import { subscribe, unsubscribe } from 'node:diagnostics_channel'

// #region steps
/** What `ingot:request` publishes of a request, as far as this program reads it. */
interface RequestTrace {
  readonly exchange: { readonly method: string; readonly path: string }
  readonly steps: readonly {
    readonly label: string
    readonly beganAt: number
    readonly endedAt: number
  }[]
}

/** Writes a line for each request that took longer than `limit` milliseconds: its slowest step. */
export function logSlow(write: (line: string) => void, limit: number): () => void {
  const onEnd = (message: unknown) => {
    const { exchange, steps } = message as RequestTrace
    const took = ({ beganAt, endedAt }: RequestTrace['steps'][number]) => endedAt - beganAt
    const [slowest] = steps.toSorted((one, other) => took(other) - took(one))
    if (!slowest || took(slowest) < limit) return
    write(
      `${exchange.method} ${exchange.path}: ${Math.round(took(slowest))} ms in ${slowest.label}`,
    )
  }
  // A trace begins only where somebody listens to the start.
  subscribe('tracing:ingot:request:start', ignore)
  subscribe('tracing:ingot:request:asyncEnd', onEnd)
  return () => {
    unsubscribe('tracing:ingot:request:start', ignore)
    unsubscribe('tracing:ingot:request:asyncEnd', onEnd)
  }
}

function ignore() {}
// #endregion
