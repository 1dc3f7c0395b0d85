import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { value } from '../../../src/di/index.js'
import type * as Legacy from '../fixtures/decorated.js'
import * as decorated from '../fixtures/decorated.std.js'
import { injectSuite } from './inject-suite.js'
import { refusal } from '../world.js'

describe('@Inject under the decorators of the language', () => {
  // Classes with private members are never of one type, equal as their sources are.
  injectSuite(decorated as unknown as typeof Legacy)

  test('needs tokens: there are no types to read', async () => {
    const { Carts, Clock } = decorated
    const error = await refusal([new Carts(), 'byType'], {
      components: [value(Clock, new Clock())],
    })
    expect(error.errors.map(({ code, path }) => [code, path])).toEqual([
      ['DI_NO_METADATA', ['Carts.byType', 'parameter 0']],
    ])
  })

  test('is tested on the very source that is tested with legacy decorators', () => {
    const read = (name: string) =>
      readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
    expect(read('decorated.std.ts')).toBe(read('decorated.ts'))
  })
})
