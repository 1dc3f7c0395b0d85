import type { App } from 'ingot'

/** What is used of Bun; `@types/bun` has it all. */
declare const Bun: {
  serve(options: { port: number; fetch: App['fetch'] }): { readonly port: number }
}

/** The server of Bun, which gives its port. */
export function serveOnBun(app: App, port: number): number {
  // #region serve
  const server = Bun.serve({ port, fetch: app.fetch })
  // #endregion
  return server.port
}
