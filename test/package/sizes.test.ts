import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { measure, tableOf } from '../../scripts/sizes/measure.js'

// `npm test` has built `dist`.
test('docs/sizes.md tells the size of each door, to a tenth: `npm run sizes` writes it', async () => {
  const told = rowsOf(readFileSync('docs/sizes.md', 'utf8'))
  const measured = rowsOf(tableOf(await measure()))
  expect(told.map(({ program }) => program)).toEqual(measured.map(({ program }) => program))
  const moved = measured.flatMap(({ program, figures }, row) =>
    figures.flatMap((figure, column) => {
      const before = told[row]!.figures[column]!
      const isSame = Math.abs(figure - before) <= Math.max(1, before / 10)
      return isSame ? [] : `${program}: ${before} kB in the table, ${figure} kB now`
    }),
  )
  expect(moved).toEqual([])
})

test('every door of the package is in the table', async () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object }
  const doors = Object.keys(exports).filter((path) => path !== './package.json')
  const told = rowsOf(readFileSync('docs/sizes.md', 'utf8')).map(({ program }) => program)
  const missing = doors.filter((path) => {
    return !told.some((program) => program.includes(`\`${path.replace('.', 'ingot')}\``))
  })
  expect(missing).toEqual([])
})

/** The programs of a table, each with its kilobytes. */
function rowsOf(text: string) {
  const rows = [...text.matchAll(/^\| (.+?) \| (\d+) kB \| (\d+) kB \| (\d+) kB in/gm)]
  return rows.map(([, program = '', ...figures]) => ({ program, figures: figures.map(Number) }))
}
