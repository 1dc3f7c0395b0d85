/** How a handler ended, as a hook sees it. */
export type Outcome<Response = unknown> =
  | { readonly ok: true; response: Response }
  | { readonly ok: false; readonly error: unknown; response: Response }

/** A hook: awaited, one after the other, the last made first. */
export type Hook<Response = unknown> = (outcome: Outcome<Response>) => void | Promise<void>

/**
 * Registers what runs after the handler. Ask for it in a component or handler. Hooks run on success
 * and on error, in the reverse order of the plan, and cannot swallow an error.
 */
export abstract class Hooks {
  /** Runs after the handler returned or threw, before the head of the response leaves. It may replace `outcome.response`. */
  abstract afterHandler(hook: Hook<Response>): void
  /** Runs after the last byte was taken, or the client left. */
  abstract afterResponse(hook: Hook<Response>): void
}
