// Neither has types, and those of DefinitelyTyped need the types of Express.
declare module 'express-session' {
  import type { fromExpressStore } from 'ingot'
  type ExpressStore = Parameters<typeof fromExpressStore>[0]
  import type { IncomingMessage, ServerResponse } from 'node:http'
  type Handler = (request: IncomingMessage, response: ServerResponse, next: () => unknown) => void
  export default function session(options: object): Handler
  export const MemoryStore: new () => ExpressStore & { readonly sessions: Record<string, string> }
}

declare module 'session-file-store' {
  import type { fromExpressStore } from 'ingot'
  type ExpressStore = Parameters<typeof fromExpressStore>[0]
  type Options = { readonly path: string; readonly retries: number; logFn(text: string): void }
  const storesFor: (session: object) => new (options: Options) => ExpressStore
  export = storesFor
}
