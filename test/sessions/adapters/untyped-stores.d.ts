// It has no types, and those of DefinitelyTyped need more than it does.
declare module 'session-file-store' {
  import type { fromExpressStore } from 'ingot'
  type ExpressStore = Parameters<typeof fromExpressStore>[0]
  type Options = { readonly path: string; readonly retries: number; logFn(text: string): void }
  const storesFor: (session: object) => new (options: Options) => ExpressStore
  export = storesFor
}
