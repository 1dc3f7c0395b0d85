/**
 * Runs the rest of the request, down to the handler. A middleware asks for it; if it does not call it, its
 * own value is the response, and nothing that only the handler needs is made. Rejects with the handler's
 * error.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the class is only the token; the value is a function
export interface Next {
  (): Promise<Response>
}

/** The token of {@link Next}: usable as a type, in a list, and by `design:paramtypes`. */
export abstract class Next {}
