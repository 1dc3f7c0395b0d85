import { describe, expect, test } from 'vitest'
import { inject, lazy, scoped, token, type Token } from '../../../src/di/index.js'
import { Body, route, App } from '../../../src/http/index.js'
import { refusal, refusalOf } from '../world.js'

const TOKENS: Readonly<Record<string, Token<string>>> = Object.fromEntries(
  [...'ABCDE'].map((name) => [name, token<string>(name)]),
)
const tokensOf = (letters: string) => [...letters].map((letter) => TOKENS[letter]!)

/** The rings that a graph is refused for: which value needs which, by their letters. */
async function ringsOf(graph: Readonly<Record<string, string>>, asked: string): Promise<string[]> {
  const components = Object.entries(graph).map(([name, needed]) =>
    scoped(TOKENS[name]!, tokensOf(needed), () => name),
  )
  const handler = inject(tokensOf(asked), () => 1)
  const { errors } = await refusal(handler, { components })
  expect(errors.every(({ code }) => code === 'DI_CYCLE')).toBe(true)
  return errors.map(({ path }) => path.map((label) => label.at(7)).join(''))
}

describe('a ring', () => {
  test('is told in its order, without what was looked at before it or stands on the way to it', async () => {
    // B and E are leaves beside the ring; A leads to it.
    expect(await ringsOf({ A: 'BC', B: '', C: 'ED', D: 'BC', E: '' }, 'BA')).toEqual(['CDC'])
    expect(await ringsOf({ A: 'BC', B: 'E', C: 'BD', D: 'EA', E: '' }, 'A')).toEqual(['ACDA'])
  })

  test('beside another: both are told, in the order in which they are met', async () => {
    expect(await ringsOf({ A: 'B', B: 'A', C: 'DE', D: '', E: 'C' }, 'AC')).toEqual(['ABA', 'CEC'])
    expect(await ringsOf({ A: 'B', B: 'A', C: 'DE', D: '', E: 'C' }, 'CA')).toEqual(['CEC', 'ABA'])
  })

  test('through the value of another is told as well', async () => {
    expect(await ringsOf({ A: 'B', B: 'AC', C: 'B' }, 'A')).toEqual(['ABA', 'BCB'])
  })
})

test('a body that is read twice names the functions in their order', async () => {
  const first = inject([Body()], function first() {})
  const app = new App({
    middleware: [first],
    routes: [route.post('/', [FormData], function last() {})],
  })
  const { errors } = await refusalOf(app.ready())
  expect(errors.map(({ code, problem, path }) => [code, problem, path])).toMatchInlineSnapshot(`
    [
      [
        "DI_BODY_TWICE",
        "the body of a request can be read once, but Body() and FormData each read it.",
        [
          "last",
          "Body(), FormData",
        ],
      ],
    ]
  `)
  const below = new App({
    components: [scoped(TOKENS['A']!, [FormData], () => 'a')],
    routes: [route.post('/', [lazy(TOKENS['A']!), Body()], function last() {})],
  })
  const refused = await refusalOf(below.ready())
  expect(refused.errors.map(({ path }) => path)).toMatchInlineSnapshot(`
    [
      [
        "last",
        "Body(), FormData",
      ],
    ]
  `)
})
