import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What vitest.mutants.config.ts gets, as the JSON file that `INGOT_MUTANT_RUN` names. */
export interface RunOrder {
  /** Texts that take the place of files, by absolute path. */
  readonly sources: Readonly<Record<string, string>>
  /** The test files to run, in this order; without it, those that vitest was started with. */
  readonly tests?: ReadonlyArray<string>
}

/** What vitest.mutants.config.ts gives back, as the JSON file that `INGOT_MUTANT_OUTCOME` names. */
export interface RunOutcome {
  readonly isPassed: boolean
  readonly files: ReadonlyArray<{
    readonly file: string
    readonly isPassed: boolean
    readonly milliseconds: number
    /** The marks in the sources that its tests came by. */
    readonly marks: ReadonlyArray<string>
  }>
}

declare module 'vitest' {
  interface TaskMeta {
    marks?: string[]
  }
}

const running = new Set<ChildProcess>()
let folder: string | undefined
let runs = 0

/** The only place that the tool writes to. It goes, with every process, when the tool ends, also by Ctrl-C. */
export function temporaryFolder(): string {
  if (folder !== undefined) return folder
  const made = mkdtempSync(join(tmpdir(), 'ingot-mutants-'))
  process.once('exit', () => {
    for (const child of running) killGroup(child)
    rmSync(made, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  return (folder = made)
}

/**
 * Runs tests in a process of their own.
 *
 * @param limit milliseconds; what runs longer is killed with every process that it started.
 * @throws Error when vitest ran no test at all.
 */
export async function runTests(
  command: ReadonlyArray<string>,
  order: RunOrder,
  limit = Number.POSITIVE_INFINITY,
): Promise<RunOutcome | 'hung'> {
  const path = join(temporaryFolder(), `run-${runs++}`)
  writeFileSync(`${path}.json`, JSON.stringify(order))
  const { output, isHung } = await start(
    [
      'node_modules/vitest/vitest.mjs',
      ...command,
      '--config=vitest.mutants.config.ts',
      // A test that fails because the machine is busy has to fail twice to kill a mutant.
      '--retry=1',
    ],
    { INGOT_MUTANT_RUN: `${path}.json`, INGOT_MUTANT_OUTCOME: `${path}.outcome.json` },
    limit,
  )
  if (isHung) return 'hung'
  try {
    return JSON.parse(readFileSync(`${path}.outcome.json`, 'utf8')) as RunOutcome
  } catch (cause) {
    throw new Error(`vitest ran no test:\n${output}`, { cause })
  }
}

/** Runs a program of Node and keeps what it prints. */
export function start(
  command: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
  limit = Number.POSITIVE_INFINITY,
): Promise<{ output: string; isHung: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that servers which tests started die with them.
      detached: true,
    })
    running.add(child)
    let output = ''
    let isHung = false
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const timer =
      limit === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(() => {
            isHung = true
            killGroup(child)
          }, limit)
    child.once('error', reject)
    child.once('exit', () => {
      clearTimeout(timer)
      running.delete(child)
      killGroup(child)
      resolve({ output, isHung })
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It is over already.
  }
}
