// It has no types, and those of DefinitelyTyped need older ones of Express.
declare module 'cookie-session' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  type Options = { readonly keys: readonly string[]; readonly maxAge?: number }
  type Handler = (request: IncomingMessage, response: ServerResponse, next: () => unknown) => void
  const cookieSession: (options: Options) => Handler
  export = cookieSession
}
