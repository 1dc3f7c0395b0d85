import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decoratorsSuite } from './decorators-suite.js'
import * as pages from './fixtures/pages.std.js'

describe('under the decorators of the language', () => {
  decoratorsSuite(pages)

  test('the very source is tested that is tested with legacy decorators', () => {
    const read = (name: string) =>
      readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
    expect(read('pages.std.ts')).toBe(read('pages.ts'))
  })
})
