import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { App, Header, inject, optional, route, type Route } from 'ingot'

// #region files
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * A route for each file below a folder, as the files are now. What is not among them cannot be asked for, whatever is
 * written in the path, and 404, 405 and `HEAD` are as for all routes.
 */
export function filesOf(folder: string, prefix: string): Route[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^\w[\w.-]*$/.test(entry.name))
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return fileRoute(path, `${prefix}/${relative(folder, path).split(sep).join('/')}`)
    })
}

function fileRoute(file: string, path: string): Route {
  const content = readFileSync(file)
  const etag = `"${createHash('sha256').update(content).digest('base64url')}"`
  const headers = {
    etag,
    // Ask each time, and mostly get a 304. A file whose name changes with its content: `max-age=31536000, immutable`.
    'cache-control': 'no-cache',
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
  }
  const send = inject([optional(Header('if-none-match'))], (known) => {
    if (known?.includes(etag)) return new Response(null, { status: 304, headers })
    return new Response(content, { headers })
  })
  return route.get(path, send)
}
// #endregion

// #region app
export function createApp(folder: string): App {
  return new App({ routes: [route.get('/', () => 'A page'), filesOf(folder, '/assets')] })
}
// #endregion
