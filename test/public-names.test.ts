import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** The names of `src/index.ts`, which is a list, not `export *`. */
const source = readFileSync('src/index.ts', 'utf8')
const names = [...source.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list = '']) =>
  list.split(',').flatMap((name) => name.replace('type ', '').trim() || []),
)

test('the public names are an explicit list of at most 110', () => {
  expect(source).not.toContain('export *')
  expect(names.length).toBeGreaterThan(50)
  expect(names.length).toBeLessThanOrEqual(110)
  expect(new Set(names).size).toBe(names.length)
})

test('each public name is shown by an example or a page', () => {
  const shown = ['README.md', ...filesOf('docs', '.md'), ...filesOf('examples', '.ts')]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(shown))).toEqual([])
})

test('docs/names.md explains the public names, and no others', () => {
  const rows = readFileSync('docs/names.md', 'utf8').matchAll(/^\| (`[^|]*`) \|/gm)
  const explained = [...rows].flatMap(([, cell = '']) => {
    return [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!)
  })
  expect(explained.toSorted()).toEqual(names.toSorted())
})

function filesOf(folder: string, ending: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // What `npm run docs` installs and makes shows nothing.
      .filter((path) => path.endsWith(ending) && !/^(?:node_modules|reference)\//.test(path))
      .map((path) => join(folder, path))
  )
}
