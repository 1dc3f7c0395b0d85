/** How a middleware calls for the rest of a request. */
export interface NextOptions {
  /**
   * `'throw'` rejects with the error of the rest instead of giving its response, for a middleware that makes
   * responses of errors. The session is then stored when the middleware further out goes on.
   */
  readonly errors?: 'throw'
}

/**
 * Runs the rest of the request, down to the handler, and gives its response: also that of an error, of a
 * request without a route, and of a session that could not be stored. A middleware asks for it. If it does
 * not call it, its own value is the response, and nothing that only the handler needs is made. If it returns
 * nothing, the response stays the one that this gave.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the class is only the token; the value is a function
export interface Next {
  (options?: NextOptions): Promise<Response>
}

/** The token of {@link Next}: usable as a type, in a list, and by `design:paramtypes`. */
export abstract class Next {}
