import type { App } from 'ingot'

/** What is used of Deno. */
declare const Deno: {
  serve(
    options: { port: number },
    fetch: App['fetch'],
  ): { readonly addr: { readonly port: number } }
}

/** The server of Deno, which gives its port. */
export function serveOnDeno(app: App, port: number): number {
  // #region serve
  const server = Deno.serve({ port }, app.fetch)
  // #endregion
  return server.addr.port
}
