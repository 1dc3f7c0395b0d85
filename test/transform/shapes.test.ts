import { expect, onTestFinished, describe, test } from 'vitest'
import { transform } from '../../src/transform/index.js'
import { fixtures } from './fixtures.js'
import { printer } from './printed.js'
import { leftAlone, shapes } from './shapes.js'
import { otherNodes, Program } from './written-by.js'

const expected = Object.fromEntries(shapes.map(({ title, notes }) => [title, notes ?? null]))

test('the table has at least 60 shapes, each of its own title', () => {
  expect(Object.keys(expected).length).toBe(shapes.length)
  expect(shapes.length).toBeGreaterThanOrEqual(60)
})

describe('what is emitted for each shape is the same', () => {
  const nodes = [process.execPath, ...otherNodes()]
  test.each(nodes)('under ingot/register, with %s', async (node) => {
    expect(await notesOf((program) => program.underRegister(node))).toEqual(expected)
  })

  test('bundled by Vite', async () => {
    expect(await notesOf((program) => program.bundledByVite())).toEqual(expected)
  })

  test.each([false, true])('bundled by Rolldown, minified: %s', async (minify) => {
    expect(await notesOf((program) => program.bundledByRolldown({ minify }))).toEqual(expected)
  })

  test('bundled by esbuild', async () => {
    expect(await notesOf((program) => program.bundledByEsbuild())).toEqual(expected)
  })
})

test.each(leftAlone)('$title: the file is left as it is', ({ code }) => {
  expect(transform(code, 'shape.ts')).toBeUndefined()
})

async function notesOf(run: (program: Program) => Promise<string>) {
  const files = Object.fromEntries(shapes.map(({ code }, index) => [`shape${index}.ts`, code]))
  const program = new Program({ ...fixtures, ...files, 'main.ts': printer(shapes) }, 'main.ts')
  onTestFinished(() => program.remove())
  const printed = JSON.parse(await run(program)) as unknown[]
  return Object.fromEntries(shapes.map(({ title }, index) => [title, printed[index]]))
}
