import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The path of a program on PATH, or `undefined` when it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/**
 * The path of a program on PATH. The error says how to install it.
 *
 * @throws when the program is not installed.
 */
export function requireProgram(name: string, debianPackage: string): string {
  const path = findProgram(name)
  if (path !== undefined) return path
  throw new Error(
    `These tests need ${name}, which is not on PATH: install it (Debian: apt-get install ${debianPackage}) and run them again.`,
  )
}

/**
 * Installs the Debian packages of a missing program as root on a machine with apt-get. Anywhere else it does
 * nothing, and `requireProgram` says what is missing.
 * Call it from a vitest `globalSetup`, which runs once, and not from parallel test files.
 *
 * @throws when apt-get fails.
 */
export function installProgram(name: string, ...debianPackages: string[]): void {
  if (findProgram(name) !== undefined) return
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) return
  console.log(`Installing ${debianPackages.join(', ')}, because the tests need ${name} ...`)
  aptGet('update')
  aptGet('install', '--yes', '--no-install-recommends', ...debianPackages)
}

function aptGet(...args: string[]): void {
  try {
    execFileSync('apt-get', ['-qq', ...args], {
      // Runlevel 1 keeps a package from starting its service: the tests start their own.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
    })
  } catch (error) {
    throw new Error(`apt-get ${args.join(' ')} failed.`, { cause: error })
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
