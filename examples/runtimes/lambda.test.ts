import { expect, test } from 'vitest'
import { handler } from './lambda.js'

type Event = Parameters<typeof handler>[0]
const context = {} as Parameters<typeof handler>[1]

/** An event of version 2, which has cookies in a list. */
const second = (cookies: readonly string[]): Event =>
  ({
    version: '2.0',
    rawPath: '/visits',
    rawQueryString: '',
    headers: { host: 'shop.example' },
    cookies,
    requestContext: { http: { method: 'POST', sourceIp: '203.0.113.9' } },
  }) as unknown as Event

/** An event of version 1. */
const first = (cookie: string): Event =>
  ({
    httpMethod: 'POST',
    path: '/visits',
    headers: { host: 'shop.example', cookie },
    multiValueHeaders: {},
    requestContext: { identity: { sourceIp: '203.0.113.9' } },
  }) as unknown as Event

test('a Lambda function counts visits, by events of both versions', async () => {
  const began = (await handler(second([]), context)) as { body: string; cookies: string[] }
  expect(JSON.parse(began.body)).toEqual({ visits: 1 })
  const [line = ''] = began.cookies
  expect(line).toMatch(/^__Host-session=.*; Secure/)
  const cookie = line.split(';', 1)[0]!
  const again = (await handler(second([cookie]), context)) as { body: string }
  expect(JSON.parse(again.body)).toEqual({ visits: 2 })
  const older = (await handler(first(cookie), context)) as {
    body: string
    statusCode: number
    multiValueHeaders: Record<string, string[]>
  }
  expect([older.statusCode, JSON.parse(older.body)]).toEqual([200, { visits: 2 }])
  expect(older.multiValueHeaders['set-cookie']).toHaveLength(1)
})
