import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** What a hook of Node gives. */
interface Resolved {
  readonly url: string
}

let tell: (url: string) => void = () => {}

/** Calls `loaded` with the path of each file that the program loads from now on, but those of packages. */
export function watchLoadedFiles(loaded: (path: string) => void): void {
  const told = new Set<string>()
  const note = (url: string): void => {
    if (!url.startsWith('file:') || /[\\/]node_modules[\\/]/.test(url)) return
    const path = fileURLToPath(url.replace(/[?#].*$/, ''))
    if (!told.has(path)) loaded(path)
    told.add(path)
  }
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: object) => void }
  if (registerHooks) {
    tell = note
    registerHooks({ resolve })
    return
  }
  // Before Node 22.15 hooks run on a thread of their own.
  const { port1, port2 } = new MessageChannel()
  port1.on('message', note)
  port1.unref()
  const data = { port: port2 }
  nodeModule.register('./loaded-files.js', import.meta.url, { data, transferList: [port2] })
}

/** Called on the thread of the hooks. */
export function initialize({ port }: { readonly port: MessagePort }): void {
  tell = (url) => port.postMessage(url)
}

export function resolve(
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Resolved | Promise<Resolved>,
): Resolved | Promise<Resolved> {
  const found = next(specifier, context)
  const note = (resolved: Resolved): Resolved => {
    tell(resolved.url)
    return resolved
  }
  return found instanceof Promise ? found.then(note) : note(found)
}
