import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

/** Runs an ES module in a Node of its own, with options of Node. @returns what it printed. @throws Error when it fails. */
export async function printedBy(program: string, ...options: string[]): Promise<string> {
  const loader = ['--import', '@oxc-node/core/register', '--input-type=module']
  const args = [...options, ...loader, '--eval', program]
  return (await promisify(execFile)(process.execPath, args)).stdout
}

/** What such a module imports a file of the project by. */
export function addressOf(path: string): string {
  return pathToFileURL(resolve(path)).href
}
