import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assignedFunctions } from './support/assigned-functions.js'

/** What runs for each request. */
const LAYERS = ['src/di', 'src/http', 'src/sessions']

/** This runs once for an application. */
const MADE_ONCE = ['src/di/components/replacement.ts']

// V8 allocates a function that is written on the right of a property among the old objects, as it does for
// methods of a prototype. All that it reaches is then kept until the next full collection: a session's
// `commit` kept its whole request, and a request with a session took twice the time.
test('no function that is made for a request is assigned to a property as it is written', () => {
  const found = LAYERS.flatMap((layer) => {
    return readdirSync(layer, { recursive: true, encoding: 'utf8' })
      .map((path) => `${layer}/${path.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.ts') && !MADE_ONCE.includes(path))
      .flatMap((path) => assignedFunctions(path, readFileSync(path, 'utf8')))
  })
  expect(found).toEqual([])
})

test.each([
  ['an arrow function', 'state.commit = async () => {}', true],
  ['a function expression', 'this.#run = function () {}', true],
  ['one with a name of its own', 'const run = () => {}\nthis.run = run', false],
  ['one that is handed to a function', 'this.run = later(() => {})', false],
])('the check tells %s', (_name, source, isFound) => {
  const program = `class A { #run; run; constructor(state) { ${source} } }`
  expect(assignedFunctions('a.ts', program)).toHaveLength(isFound ? 1 : 0)
})
