import { expect, test } from 'vitest'
import { oneOf } from '../../../src/http/parameters/text-field.js'
import { App, Param, route } from '../../../src/index.js'

const seen = (value: unknown) => ({ value: value === undefined ? 'undefined' : value })

const HANDLERS: readonly (readonly [string, (...given: never[]) => unknown, unknown])[] = [
  ['`id?: string`', (id?: string) => seen(id), 'undefined'],
  ['`id: string | undefined`', (id: string | undefined) => seen(id), 'undefined'],
  ['`id: string | null`', (id: string | null) => seen(id), null],
  ['`id: number | null`', (id: number | null) => seen(id), null],
  ["`id: 'a' | null`", (id: 'a' | null) => seen(id), null],
  ['`id = 5`', (id: number = 5) => seen(id), 5],
]

test.each(HANDLERS)(
  'a parameter of the path that is absent is what its type says: %s',
  async (_, show, expected) => {
    const app = new App({ routes: [route.get('/things/:id?', show)] })
    const response = await app.fetch(new Request('https://shop.example/things'))
    expect(await response.json()).toEqual({ value: expected })
  },
)

test('one that has to be there is a 400 where it is absent, and a value is a value', async () => {
  const app = new App({
    routes: [
      route.get('/things/:id?', (id: string) => seen(id)),
      route.get('/marked/:id?', [Param('id')], (id) => seen(id)),
      route.get('/large/:id', (id: bigint) => seen(String(id + 1n))),
    ],
  })
  const get = (path: string) => app.fetch(new Request(`https://shop.example${path}`))
  expect([(await get('/things')).status, (await get('/marked')).status]).toEqual([400, 400])
  expect(await (await get('/things/7')).json()).toEqual({ value: '7' })
  expect(await (await get(`/large/${2n ** 64n}`)).json()).toEqual({ value: `${2n ** 64n + 1n}` })
  expect((await get('/large/few')).status).toBe(400)
})

test.each([
  ['["a"]', 'must be "a"'],
  ['["a",2]', 'must be "a" or 2'],
  ['["a",2,true,"d"]', 'must be "a", 2, true or "d"'],
])('of the literals %s the refusal names each', (json, message) => {
  expect(oneOf(json)['~standard'].validate('x')).toEqual({ issues: [{ message }] })
})
