import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { PageState } from '../../src/dev/history.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a program of a test imports in place of `ingot`. */
export const ingot = join(root, 'src/index.js')

/** An `ingot dev` that runs in a folder of its own until the test ends. */
export interface DevRun {
  /** Addresses without a slash at the end. */
  readonly page: string
  readonly app: string
  readonly output: readonly string[]
  write(file: string, text: string): void
  /** Waits for a line of the output that comes from now on. */
  said(words: RegExp): Promise<string>
  state(cookie?: string): Promise<PageState & { readonly own: readonly string[] }>
  /** Waits until the page has something to show. */
  until<Found>(look: (state: PageState) => Found | undefined | false): Promise<Found>
}

/** @param files by path; `app.ts` is run. */
export async function startDev(
  files: Readonly<Record<string, string>>,
  { module = 'app.ts', env = {} }: { module?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<DevRun> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-dev-'))
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  const loader = fileURLToPath(import.meta.resolve('@oxc-node/core/register'))
  const cli = join(root, 'src/cli/index.ts')
  const args = ['--import', loader, cli, 'dev', module, '--port', '0', '--page', '0']
  const { NODE_ENV: _, NODE_OPTIONS: __, ...own } = process.env
  const child = spawn(process.execPath, args, { cwd: folder, env: { ...own, ...env } })
  const output: string[] = []
  const waiting = new Set<(line: string) => void>()
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line)
      for (const heard of waiting) heard(line)
    })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true })
  })
  const said = (words: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const heard = (line: string): void => {
        if (!words.test(line)) return
        waiting.delete(heard)
        resolve(line)
      }
      waiting.add(heard)
      void exited.then(() => reject(new Error(`ingot dev ended:\n${output.join('\n')}`)))
    })
  const [page, app] = await Promise.all([said(/^Page/), said(/^Application at|starts again/)])
  const address = (line: string): string => /http:\S+/.exec(line)?.[0] ?? ''
  const pageUrl = address(page)
  const state: DevRun['state'] = async (cookie) => {
    const response = await fetch(`${pageUrl}/state`, cookie ? { headers: { cookie } } : {})
    return (await response.json()) as PageState & { own: string[] }
  }
  const until: DevRun['until'] = async (look) => {
    const changes = await fetch(`${pageUrl}/changes`)
    const reader = changes.body!.getReader()
    for (;;) {
      const found = look(await state())
      if (found) {
        await reader.cancel()
        return found
      }
      await reader.read()
    }
  }
  return { page: pageUrl, app: address(app), output, write, said, state, until }
}
