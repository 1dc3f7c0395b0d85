/**
 * Runs the rest of the request, the handler at its end. A middleware asks for it; one that does not
 * call it answers by itself, and nothing the handler needs is made. Rejects with the handler's error.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the class is the token only; the value is a function
export interface Next {
  (): Promise<Response>
}

/** The token of {@link Next}: usable as a type, in a list, and by `design:paramtypes`. */
export abstract class Next {}
