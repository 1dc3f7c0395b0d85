import { createHash } from 'node:crypto'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { changeOf, isSameChange, type Change, type EqualMutant } from './equal-mutants.js'
import { apply, mutantsOf, type Mutant } from './mutants-of.js'
import { start, temporaryFolder } from './test-run.js'

/** A mutant of a file, and what is told of it. */
export interface DrawnMutant extends Mutant, Change {
  readonly line: number
}

/** All mutants of a file of the project, in the order of the text. */
export function mutantsOfFile(file: string): DrawnMutant[] {
  const source = readFileSync(file, 'utf8')
  return mutantsOf(source).map((mutant) => ({ ...mutant, ...changeOf(file, source, mutant) }))
}

/** Up to `count` mutants of each file, chosen by the seed, that compile and are not in the list. */
export async function draw(
  files: ReadonlyArray<string>,
  { count, seed, equal }: { count: number; seed: string; equal: ReadonlyArray<EqualMutant> },
): Promise<DrawnMutant[]> {
  const candidates = files.map((file) =>
    shuffle(mutantsOfFile(file), seed)
      .filter((mutant) => !equal.some((entry) => isSameChange(entry, mutant)))
      // The compiler refuses about a half; those that are too many are not compiled.
      .slice(0, count * 2 + 5),
  )
  const compiling = await thatCompile(candidates.flat())
  return candidates.flatMap((mutants) =>
    mutants
      .filter((mutant) => compiling.has(mutant))
      .slice(0, count)
      .sort((one, other) => one.start - other.start),
  )
}

/** An order that depends on the seed and on each mutant alone, and not on the other files. */
export function shuffle(mutants: ReadonlyArray<DrawnMutant>, seed: string): DrawnMutant[] {
  const rank = ({ file, start: from, end, text }: DrawnMutant) =>
    createHash('sha256')
      .update(JSON.stringify([seed, file, from, end, text]))
      .digest('hex')
  return mutants
    .map((mutant) => ({ mutant, rank: rank(mutant) }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .map(({ mutant }) => mutant)
}

/**
 * Compiles all at once: in a copy of src, each mutant is a file beside the one that it was made of. A class with
 * private members does not fit where the class that it copies is asked for, so that even an unchanged copy can
 * have errors; a mutant compiles when it has no more of them.
 */
async function thatCompile(mutants: ReadonlyArray<DrawnMutant>): Promise<Set<DrawnMutant>> {
  const folder = temporaryFolder()
  cpSync('src', join(folder, 'src'), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const pathOf = (file: string, suffix: string | number) =>
    file.replace(/\.ts$/, `.mutant-${suffix}.ts`)
  for (const [index, mutant] of mutants.entries()) {
    const source = readFileSync(mutant.file, 'utf8')
    write(pathOf(mutant.file, index), apply(source, mutant))
    write(pathOf(mutant.file, 'none'), source)
  }
  write('package.json', '{ "type": "module" }')
  write(
    'tsconfig.json',
    JSON.stringify({ extends: resolve('tsconfig.json'), include: ['src'], exclude: [] }),
  )

  const { output } = await start(['node_modules/typescript/bin/tsc', '-p', folder])
  if (/^error TS/m.test(output)) throw new Error(`The copy of src does not compile:\n${output}`)
  const errors = new Map<string, number>()
  for (const [, file = ''] of output.matchAll(/^(?:.*\/)?(src\/\S+\.ts)\(\d+,\d+\): error/gm))
    errors.set(file, (errors.get(file) ?? 0) + 1)
  const errorsOf = (file: string) => errors.get(file) ?? 0
  return new Set(
    mutants.filter(
      ({ file }, index) => errorsOf(pathOf(file, index)) <= errorsOf(pathOf(file, 'none')),
    ),
  )

  function write(file: string, text: string): void {
    writeFileSync(join(folder, file), text)
  }
}
