// As far as it is used here; the types of DefinitelyTyped bring Express along.
declare module 'express-session' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  const session: (
    options: object,
  ) => (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
  export default session
}
