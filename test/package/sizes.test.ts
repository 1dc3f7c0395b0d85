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

/** The programs of a table, each with its kilobytes. */
function rowsOf(text: string) {
  const rows = [...text.matchAll(/^\| (.+?) \| (\d+) kB \| (\d+) kB \| (\d+) kB in/gm)]
  return rows.map(([, program = '', ...figures]) => ({ program, figures: figures.map(Number) }))
}
