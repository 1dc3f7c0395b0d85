/** How a handler ended, as a hook sees it. */
export type Outcome<Result = unknown> =
  | { readonly ok: true; response: Result }
  | { readonly ok: false; readonly error: unknown; response: Result }

/** A hook: awaited, one after the other, the last made first. */
export type Hook<Result = unknown> = (outcome: Outcome<Result>) => void | Promise<void>
