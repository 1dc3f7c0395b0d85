import { watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

/** How long after a change others may belong to it, in milliseconds: editors write a file in several steps. */
const TOGETHER = 60

const IS_SOURCE = /^\.env$|\.([cm]?[jt]sx?|json)$/

/** Notices when one of some files changes. Folders are watched, because editors replace files. */
export class FileWatch {
  readonly #folders = new Map<
    string,
    { readonly watcher: FSWatcher; readonly names: Set<string> }
  >()
  readonly #changed: (path: string) => void
  #timer: NodeJS.Timeout | undefined
  /** Whether any source of a watched folder counts: a program that did not start may lack one. */
  takesAll = false

  /** @param changed is called once for changes that come together, with the path of the first. */
  constructor(changed: (path: string) => void) {
    this.#changed = changed
  }

  add(path: string): void {
    const folder = dirname(path)
    const known = this.#folders.get(folder)
    if (known) {
      known.names.add(basename(path))
      return
    }
    const names = new Set([basename(path)])
    const watcher = watch(folder, (_, name) => {
      const counts = name !== null && (names.has(name) || (this.takesAll && IS_SOURCE.test(name)))
      if (counts) this.#soon(`${folder}/${name}`)
    })
    watcher.on('error', () => this.#folders.delete(folder))
    this.#folders.set(folder, { watcher, names })
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const { watcher } of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }

  #soon(path: string): void {
    if (this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#changed(path)
    }, TOGETHER)
  }
}
