// `npm run mutants -- <files or folders of src> [--count N] [--seed S] [--list] [--at-least PERCENT]`
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { draw, mutantsOfFile, type DrawnMutant } from './drawing.js'
import { parseEqualMutants, staleEntries } from './equal-mutants.js'
import { apply, markOf, withMarks } from './mutants-of.js'
import { percent, scoreOf, type Score } from './score.js'
import { runTests, type RunOutcome } from './test-run.js'

const EQUAL_MUTANTS = 'scripts/mutants/equal-mutants.txt'
const AT_ONCE = 2
/**
 * A mutant gets tests that take so long without it. What they do not notice counts as a survivor, so that a part that
 * every test comes by does not take the time of all of them, and the score is never too good.
 */
const MOST_MILLISECONDS = 120_000
/** A mutant may take this many times what the unmutated tests took, and the start of vitest. */
const PATIENCE = 4
const START_MILLISECONDS = 30_000

interface Result {
  readonly mutant: DrawnMutant
  readonly isKilled: boolean
  /** What else there is to say of one that lives. */
  readonly remark?: string
}

try {
  process.exitCode = await main()
} catch (error) {
  progress('')
  console.error(error instanceof Error ? error.message : error)
  // Runs that are still under way end with it.
  process.exit(1)
}

async function main(): Promise<number> {
  const options = readOptions()
  const equal = parseEqualMutants(readFileSync(EQUAL_MUTANTS, 'utf8'))
  const stale = staleEntries(equal, (file) => (existsSync(file) ? mutantsOfFile(file) : []))
  for (const { file, before } of stale)
    console.error(
      `${EQUAL_MUTANTS}: no mutant fits the entry "- ${before}" of ${file} any more; remove or renew it.`,
    )

  progress('choosing mutants that compile')
  const mutants = await draw(options.files, { ...options, equal })
  progress('')
  console.log(`${mutants.length} mutants of ${options.files.length} files, --seed ${options.seed}`)
  if (options.list) {
    for (const mutant of mutants) print(mutant)
    return 0
  }
  const results = mutants.length === 0 ? [] : await runAll(mutants)
  progress('')
  return report(options.files, results) < options.atLeast ? 1 : 0
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now()) },
      list: { type: 'boolean', default: false },
      'at-least': { type: 'string', default: '0' },
    },
  })
  const files = [...new Set(positionals.flatMap(sourceFiles))].sort()
  if (files.length === 0)
    throw new Error('No file of src was named: npm run mutants -- src/sessions/calls --count 20')
  return {
    files,
    count: wholeNumber('--count', values.count),
    seed: values.seed,
    list: values.list,
    atLeast: wholeNumber('--at-least', values['at-least']),
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text))
    throw new Error(`${option} needs a whole number, such as ${option} 20`)
  return Number(text)
}

function sourceFiles(path: string): string[] {
  const found = relative('.', resolve(path))
  if (!existsSync(found) || !/^src(?:$|\/)/.test(found))
    throw new Error(`${path} is no file or folder of src; run this in the folder of package.json.`)
  if (!statSync(found).isDirectory()) return [found]
  return readdirSync(found, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(found, name))
}

/** Runs the tests once with marks, and then for each mutant those that came by it. */
async function runAll(mutants: ReadonlyArray<DrawnMutant>): Promise<Result[]> {
  const files = [...new Set(mutants.map(({ file }) => file))]
  const marked = (file: string) =>
    withMarks(
      readFileSync(file, 'utf8'),
      mutants.filter((mutant) => mutant.file === file),
      file,
    )
  progress('running the related tests once, without a mutant')
  const base = await runTests(['related', ...files, '--run', `--maxWorkers=${AT_ONCE}`], {
    sources: Object.fromEntries(files.map((file) => [resolve(file), marked(file)])),
  })
  if (base === 'hung') throw new Error('The related tests do not end, without any mutant.')
  const passed = base.files.filter(({ isPassed }) => isPassed)
  for (const { file } of base.files.filter(({ isPassed }) => !isPassed))
    console.error(
      `${file} fails without any mutant and is left out; see \`npx vitest run ${file}\`.`,
    )

  const results: Result[] = []
  const startedAt = performance.now()
  const waiting = [...mutants]
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results

  async function work(): Promise<void> {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      progress(`${results.length} of ${mutants.length}${timeLeft()}: ${mutant.file}:${mutant.line}`)
      const result = await run(mutant, passed)
      results.push(result)
      if (!result.isKilled) print(mutant, result.remark)
    }
  }

  function timeLeft(): string {
    const done = results.length
    if (done < 5) return ''
    const milliseconds = ((performance.now() - startedAt) / done) * (mutants.length - done)
    return `, about ${Math.ceil(milliseconds / 60_000)} min left`
  }
}

async function run(mutant: DrawnMutant, related: RunOutcome['files']): Promise<Result> {
  const { file, block } = mutant
  // First those that are written for the file or its neighbours, and the quick ones first: a test may take four times
  // as long for each folder that it is nearer.
  const rank = (test: RunOutcome['files'][number]) =>
    test.milliseconds / 4 ** foldersShared(test.file, file)
  const candidates = related
    .filter(({ marks }) => marks.includes(markOf(file, block)))
    .sort((one, other) => rank(one) - rank(other))
  if (candidates.length === 0) return { mutant, isKilled: false, remark: 'no test comes by it' }

  let usual = 0
  const tests = candidates.filter(
    ({ milliseconds }, index) => (usual += milliseconds) <= MOST_MILLISECONDS || index === 0,
  )
  const attempt = () =>
    runTests(
      ['run', '--bail=1', '--maxWorkers=1'],
      {
        sources: { [resolve(file)]: apply(readFileSync(file, 'utf8'), mutant) },
        tests: tests.map((test) => test.file),
      },
      START_MILLISECONDS + PATIENCE * Math.min(usual, MOST_MILLISECONDS),
    )
  let outcome: RunOutcome | 'hung'
  try {
    // A mutant may end the process of vitest; one that does so twice is noticed.
    outcome = await attempt().catch(attempt)
  } catch {
    return { mutant, isKilled: true }
  }
  return {
    mutant,
    isKilled: outcome === 'hung' || !outcome.isPassed,
    ...(tests.length < candidates.length && {
      remark: `${tests.length} of the ${candidates.length} test files that come by it were run`,
    }),
  }
}

/** How near a test is to a file: `test/di/plan` mirrors `src/di/plan`. */
function foldersShared(test: string, file: string): number {
  const folders = dirname(test).split('/')
  const wanted = dirname(file).split('/')
  const first = wanted.findIndex((folder, index) => index > 0 && folder !== folders[index])
  return first === -1 ? wanted.length : first
}

function print({ file, line, before, after }: DrawnMutant, remark?: string): void {
  progress('')
  console.log(`\n${file}:${line}${remark ? ` (${remark})` : ''}\n- ${before}\n+ ${after}`)
}

/** Prints the score of each file and of all, and returns the last in per cent. */
function report(files: ReadonlyArray<string>, results: ReadonlyArray<Result>): number {
  console.log('')
  for (const file of files) {
    const score = scoreOf(results.filter(({ mutant }) => mutant.file === file))
    if (score.all > 0) console.log(`${line(score)}  ${file}`)
  }
  const total = scoreOf(results)
  console.log(`${line(total)}  in total`)
  return percent(total)

  function line(score: Score): string {
    return `${String(percent(score)).padStart(3)} %  ${score.killed} of ${score.all} killed`
  }
}

/** Where it is, in one line that the next replaces; nothing without a terminal. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`)
}
