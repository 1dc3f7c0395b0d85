import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expect } from 'vitest'
import { inject, type AnyToken } from '../../../src/di/index.js'
import { App, route, type FieldError } from '../../../src/http/index.js'

/** A schema by hand: what zod, valibot and arktype offer. */
export function schema<Output>(
  validate: (
    value: unknown,
  ) => StandardSchemaV1.Result<Output> | Promise<StandardSchemaV1.Result<Output>>,
): StandardSchemaV1<unknown, Output> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

export const even = schema<number>((value) =>
  Number(value) % 2 === 0
    ? { value: Number(value) }
    : { issues: [{ message: 'must be an even number' }] },
)

/** The value that a handler gets for one token, or the problem of the response. */
export async function given(token: AnyToken, path = '/', init?: RequestInit): Promise<unknown> {
  let got: unknown
  const handler = inject([token], (value) => {
    got = value
  })
  const app = new App({ routes: [route.get('/', handler), route.post('/', handler)] })
  const response = await app.fetch(new Request(`http://localhost${path}`, init))
  return response.status === 204 ? got : faults(response)
}

export async function faults(response: Response): Promise<unknown> {
  const body = (await response.json()) as { status: number; errors?: FieldError[] }
  expect(body.status).toBe(response.status)
  return { status: response.status, errors: body.errors }
}

export const bad = (name: string, detail: string, place: FieldError['in'] = 'query') => ({
  status: 400,
  errors: [{ in: place, name, detail }],
})

export const post = (body: NonNullable<RequestInit['body']>, type?: string): RequestInit => ({
  method: 'POST',
  body,
  ...(type !== undefined && { headers: { 'content-type': type } }),
})
export const json = (value: unknown) => post(JSON.stringify(value), 'application/json')
