import { Validator } from '@seriousme/openapi-schema-validator'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  App,
  Body,
  Controller,
  CookieValue,
  FormParts,
  Get,
  Header,
  inject,
  Next,
  optional,
  Param,
  Query,
  route,
} from '../../src/index.js'
import { openApiOf, type OpenApiDocument } from '../../src/openapi/index.js'
import type { Routes } from '../../src/http/index.js'

const info = { title: 'Shop', version: '1.0.0' }
const nothing = () => undefined

/** The document of some routes, which a validator of OpenAPI accepts. */
async function documentOf(...routes: Routes): Promise<OpenApiDocument> {
  const document = openApiOf(new App({ routes }), info)
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  return document
}

/** What a document says of `GET /` with some parameters: name, place, whether it is required, schema. */
async function parametersOf(...tokens: Parameters<typeof route.get>[1][]) {
  const { paths } = await documentOf(route.get('/', tokens as never, nothing as never))
  return (paths['/']!['get']!.parameters ?? []).map((parameter) => {
    const { name, required, schema } = parameter
    return [parameter.in, name, required, schema]
  })
}

/** The content of the body of `POST /`. */
async function bodyOf(token: unknown) {
  const { paths } = await documentOf(route.post('/', [token] as never, nothing as never))
  return paths['/']!['post']!.requestBody
}

test('the validator refuses what is wrong, so that it proves something', async () => {
  const wrong = { openapi: '3.1.0', info, paths: { '/': { get: { parameters: [{ name: 'a' }] } } } }
  expect((await new Validator().validate(wrong)).valid).toBe(false)
})

test('parameters are found by place, with their types and whether they are required', async () => {
  class Sku {
    constructor(readonly text: string) {}
  }
  const found = await parametersOf(
    Query('page', Number) as never,
    optional(Query('sort')) as never,
    Query('tag', [String]) as never,
    Query('since', Date) as never,
    Query('sku', Sku) as never,
    Header('x-trace') as never,
    CookieValue('theme') as never,
    Header('Authorization') as never,
  )
  expect(found).toEqual([
    ['query', 'page', true, { type: 'number' }],
    ['query', 'sort', false, { type: 'string' }],
    ['query', 'tag', false, { type: 'array', items: { type: 'string' } }],
    [
      'query',
      'since',
      true,
      { type: 'string', anyOf: [{ format: 'date' }, { format: 'date-time' }] },
    ],
    ['query', 'sku', true, { type: 'string', description: 'What Sku takes.' }],
    ['header', 'x-trace', true, { type: 'string' }],
    ['cookie', 'theme', true, { type: 'string' }],
  ])
})

test('paths are templates, and each of their parameters is there, taken or not', async () => {
  const { paths } = await documentOf(
    route.get('/shops/:shop/items/:item', [Param('item', Number)], nothing as never),
    route.put('/shops/:id/items/:number', [Param('number', Number)], nothing as never),
    route.get('/docs/**:rest', [], nothing),
    route.get('/pages/:id(\\d+)', [], nothing),
    route.get('/files/*', [], nothing),
  )
  expect(Object.keys(paths)).toEqual([
    '/shops/{shop}/items/{item}',
    '/docs/{rest}',
    '/pages/{id}',
    '/files/{0}',
  ])
  const { get, put } = paths['/shops/{shop}/items/{item}']!
  const named = (operation: typeof get) =>
    operation!.parameters!.map(({ name, schema }) => [name, schema['type']])
  expect(named(get)).toEqual([
    ['item', 'number'],
    ['shop', 'string'],
  ])
  expect(named(put).map(([name]) => name)).toEqual(['shop', 'item'])
  expect(paths['/docs/{rest}']!['get']!.description).toBe(
    '`rest` may be several parts of the path, with their slashes.',
  )
  expect(paths['/pages/{id}']!['get']!.description).toBe('`id` matches \\d+.')
})

const cart = { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] }

test.each([
  ['zod', z.object({ sku: z.string() })],
  ['valibot', toStandardJsonSchema(v.object({ sku: v.string() }))],
  ['arktype', type({ sku: 'string' })],
])('a schema of %s is in the document', async (_, schema) => {
  const body = await bodyOf(Body(schema))
  expect(body!.required).toBe(true)
  expect(Object.keys(body!.content)).toEqual([
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ])
  expect(body!.content['application/json']!.schema).toEqual(cart)
})

test('a schema that gives no JSON Schema is left open, and said', async () => {
  const body = await bodyOf(Body(v.object({ sku: v.string() })))
  expect(body!.content['application/json']!.schema).toEqual({
    description: 'Checked by a schema of valibot, which gives no JSON Schema.',
  })
  const date = z.object({ at: z.date() })
  expect((await bodyOf(Body(date)))!.content['application/json']!.schema).toEqual({
    description: 'Checked by a schema of zod, which gives no JSON Schema.',
  })
})

test('a value that its schema fills in is not required', async () => {
  expect(await parametersOf(Query('page', z.coerce.number().default(1)) as never)).toEqual([
    ['query', 'page', false, { default: 1, type: 'number' }],
  ])
})

test('other bodies: text, bytes, forms', async () => {
  expect(await bodyOf(Body(String))).toEqual({
    required: true,
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  expect(await bodyOf(Body(Uint8Array))).toEqual({ required: true, content: { '*/*': {} } })
  const schema = { type: 'object' }
  expect(await bodyOf(FormParts)).toEqual({
    required: true,
    content: { 'multipart/form-data': { schema } },
  })
  expect(await bodyOf(FormData)).toEqual({
    required: true,
    content: { 'application/x-www-form-urlencoded': { schema }, 'multipart/form-data': { schema } },
  })
})

test('what middleware takes belongs to the route; what nobody takes is not there', async () => {
  const tenant = inject([Header('x-tenant'), Next], (_tenant, next) => next())
  const app = new App({ middleware: [tenant], routes: [route.get('/', [], nothing)] })
  const { get } = openApiOf(app, info).paths['/']!
  expect(get!.parameters!.map(({ name }) => name)).toEqual(['x-tenant'])
  const [plain] = Object.values((await documentOf(route.get('/', [], nothing))).paths)
  expect(plain!['get']).toEqual({
    operationId: 'nothing',
    responses: { default: { description: 'What the handler returns is not described.' } },
  })
})

@Controller('/carts')
class Carts {
  @Get('/:id')
  show(id: string) {
    return id
  }
}

test('operations go by the name of their handler, once, and a controller is a tag', async () => {
  const { paths } = await documentOf(
    Carts,
    route.get('/a', [], nothing),
    route.get('/b', [], nothing),
    route.post('/c/:id', [], () => 1),
  )
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId, tags }) => [operationId, tags]),
  )
  expect(ids).toEqual([
    ['Carts_show', ['Carts']],
    ['nothing', undefined],
    ['nothing_2', undefined],
    ['post_c_id', undefined],
  ])
})
