import type { Hook } from '../di/index.js'

/**
 * Registers what runs after the handler. Ask for it in a component or handler. Hooks run on success
 * and on error, in the reverse order of the plan, and cannot swallow an error.
 */
export abstract class Hooks {
  /** Runs after the handler returned or threw, before the head of the response leaves. It may replace `outcome.response`. */
  abstract afterHandler(hook: Hook<Response>): void
  /** Runs after the last byte was sent, or the client left. */
  abstract afterResponse(hook: Hook<Response>): void
}
