import { describe, expect, test } from 'vitest'
import { optional } from '../../../src/di/index.js'
import { App, Body, Exchange, FormParts, route } from '../../../src/http/index.js'
import { even, given, json, post } from './given.js'

describe('Body', () => {
  test('is JSON, with or without a charset, in any +json type', async () => {
    expect(await given(Body(), '/', json({ a: [1] }))).toEqual({ a: [1] })
    for (const type of ['application/json; charset=UTF-8', 'Application/Merge-Patch+JSON']) {
      expect(await given(Body(), '/', post('{"a":1}', type))).toEqual({ a: 1 })
    }
  })

  test('is a form as an object of its fields', async () => {
    const form = new URLSearchParams([
      ['a', '1'],
      ['b', '2'],
      ['b', '3'],
    ])
    expect(await given(Body(), '/', post(form))).toEqual({ a: '1', b: ['2', '3'] })
    const multipart = new FormData()
    multipart.set('a', 'ä')
    expect(await given(Body(), '/', post(multipart))).toEqual({ a: 'ä' })
  })

  test('is text for Body(String), and bytes for Body(Uint8Array)', async () => {
    expect(await given(Body(String), '/', post('hällo'))).toBe('hällo')
    expect(await given(Body(Uint8Array), '/', post(new Uint8Array([1, 2]), 'image/png'))).toEqual(
      new Uint8Array([1, 2]),
    )
  })

  test('is checked against a constructor', async () => {
    expect(await given(Body(Array), '/', json([1]))).toEqual([1])
    expect(await given(Body(Array), '/', json({}))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'must be a list' }],
    })
  })

  test('is required unless it is optional', async () => {
    const missing = { status: 400, errors: [{ in: 'body', detail: 'is required' }] }
    expect(await given(Body(), '/', { method: 'POST' })).toEqual(missing)
    expect(await given(Body(even), '/', { method: 'POST' })).toEqual(missing)
    expect(await given(optional(Body()), '/', { method: 'POST' })).toBeUndefined()
  })

  test.each(['{"a":', '', ' ', 'undefined', '{"a":1}x', '\ud800"'])(
    'rejects %j as JSON',
    async (text) => {
      const { status } = (await given(Body(), '/', post(text, 'application/json'))) as Response
      expect(status).toBe(400)
    },
  )

  test('rejects bytes that are not UTF-8', async () => {
    const body = new Uint8Array([0x22, 0xff, 0x22])
    expect(await given(Body(), '/', post(body, 'application/json'))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'is not valid JSON' }],
    })
  })

  test.each(['{"__proto__":{"isAdmin":true}}', '{"a":[{"\\u005f_proto__":1}]}'])(
    'rejects %s [PP-01]',
    async (text) => {
      expect(await given(Body(), '/', post(text, 'application/json'))).toEqual({
        status: 400,
        errors: [{ in: 'body', detail: 'has a key __proto__' }],
      })
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    },
  )

  test('rejects a form with a field __proto__ [PP-01]', async () => {
    expect(await given(Body(), '/', post(new URLSearchParams({ ['__proto__']: 'x' })))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'has a key __proto__' }],
    })
  })

  test.each([undefined, 'text/plain', 'application/xml', 'application/json; charset=utf-16'])(
    'is a 415 for the content type %s',
    async (type) => {
      const body = new Uint8Array([0x7b, 0x7d])
      expect(await given(Body(), '/', post(body, type))).toEqual({ status: 415, errors: undefined })
    },
  )

  test.each(['application/json', 'image/png', 'multipart/form-data; boundary=x', 'textual/plain'])(
    'as text is a 415 for the content type %s',
    async (type) => {
      const body = new Uint8Array([0x7b, 0x7d])
      const refused = { status: 415, errors: undefined }
      expect(await given(Body(String), '/', post(body, type))).toEqual(refused)
    },
  )

  test.each([
    'text/plain; charset=utf-16',
    'text/plain; charset=iso-8859-1',
    'text/html;charset=x',
  ])('as text is a 415 for %s: it would be other letters', async (type) => {
    expect(await given(Body(String), '/', post('hallo', type))).toEqual({
      status: 415,
      errors: undefined,
    })
  })

  test.each([undefined, 'text/plain', 'text/csv; charset=utf-8', 'Text/HTML;Charset="UTF-8"'])(
    'as text is read from the content type %s, and is a 400 when it is not UTF-8',
    async (type) => {
      const written = new TextEncoder().encode('größe')
      expect(await given(Body(String), '/', post(written, type))).toBe('größe')
      for (const bytes of [[0xff], [0x67, 0xf6], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
        expect(await given(Body(String), '/', post(new Uint8Array(bytes), type))).toEqual({
          status: 400,
          errors: [{ in: 'body', detail: 'is not valid UTF-8' }],
        })
      }
    },
  )

  test('is a 415 when it is compressed', async () => {
    const init = json({})
    const headers = { ...(init.headers as object), 'content-encoding': 'gzip' }
    expect(await given(Body(), '/', { ...init, headers })).toEqual({
      status: 415,
      errors: undefined,
    })
  })

  test('cannot be asked for twice', async () => {
    const app = new App({ routes: [route.post('/', [Body(), FormData], () => 'never')] })
    await expect(app.ready()).rejects.toThrow('DI_BODY_TWICE')
  })
})

describe('the body limit', () => {
  const app = (limit: number) =>
    new App({ bodyLimit: limit, routes: [route.post('/', [Body(String)], (body) => body)] })
  const streamed = (chunks: number) => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled++ < chunks) controller.enqueue(new Uint8Array(10).fill(0x61))
        else controller.close()
      },
    })
    return { init: { method: 'POST', body, duplex: 'half' } as RequestInit, pulled: () => pulled }
  }

  test('allows a body of exactly as many bytes', async () => {
    const response = await app(20).fetch(new Request('http://localhost/', streamed(2).init))
    expect(await response.text()).toBe('a'.repeat(20))
  })

  test('rejects a Content-Length over it before reading', async () => {
    const { init, pulled } = streamed(1)
    const headers = { 'content-length': '21' }
    const before = new Request('http://localhost/', { ...init, headers })
    const response = await app(20).fetch(before)
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      title: 'Content Too Large',
      status: 413,
      detail: 'The body may have 20 bytes at most',
    })
    expect(pulled()).toBeLessThan(2)
  })

  test('stops reading as soon as it is passed', async () => {
    const { init, pulled } = streamed(1000)
    const response = await app(20).fetch(new Request('http://localhost/', init))
    expect(response.status).toBe(413)
    expect(pulled()).toBeLessThan(10)
  })

  test('is 1 MiB by default', async () => {
    const standard = new App({ routes: [route.post('/', [Body(String)], (body) => body.length)] })
    const request = (size: number) =>
      new Request('http://localhost/', post('a'.repeat(size), 'text/plain'))
    expect((await standard.fetch(request(1_048_576))).status).toBe(200)
    expect((await standard.fetch(request(1_048_577))).status).toBe(413)
  })

  test.each([
    [0, 200],
    [-1, 413],
  ])('holds to the byte for a form that is read part by part: %i more', async (more, status) => {
    const text = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    const read = async (parts: FormParts) => {
      for await (const part of parts) await part.text()
      return 'read'
    }
    const forms = new App({
      bodyLimit: text.length + more,
      routes: [route.post('/', [FormParts], read)],
    })
    const init = post(text, 'multipart/form-data; boundary=x')
    expect((await forms.fetch(new Request('http://localhost/', init))).status).toBe(status)
  })

  test.each([Number.NaN, -1, 1.5])('cannot be %s, which limits nothing', (limit) => {
    expect(() => app(limit)).toThrow(
      new RangeError(`App: bodyLimit must be a whole number of bytes or Infinity, not ${limit}.`),
    )
  })

  test('is not raised by a polluted Object.prototype [PP-09]', async () => {
    const polluted = Object.prototype as Record<string, unknown>
    polluted['bodyLimit'] = 1e9
    try {
      const standard = new App({ routes: [route.post('/', [Body(String)], () => 'read')] })
      const big = post('a'.repeat(1_048_577), 'text/plain')
      expect((await standard.fetch(new Request('http://localhost/', big))).status).toBe(413)
    } finally {
      delete polluted['bodyLimit']
    }
  })

  test('a body that breaks off is a 400', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('gone'))
      },
    })
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    const response = await app(20).fetch(new Request('http://localhost/', init))
    expect(await response.json()).toEqual({
      title: 'Bad Request',
      status: 400,
      detail: 'The body could not be read to its end',
    })
  })
})

describe('FormData', () => {
  test('is the form in the body', async () => {
    const form = new FormData()
    form.set('file', new File(['content'], 'a.txt'))
    const got = (await given(FormData, '/', post(form))) as FormData
    expect(await (got.get('file') as File).text()).toBe('content')
  })

  test('is parsed once for all who ask the Exchange', async () => {
    const handler = async (exchange: Exchange) => {
      expect(await exchange.form()).toBe(await exchange.form())
      return 'same'
    }
    const app = new App({ routes: [route.post('/', [Exchange], handler)] })
    const request = new Request('http://localhost/', post(new URLSearchParams({ a: '1' })))
    expect(await (await app.fetch(request)).text()).toBe('same')
  })

  test('is a 400 when it is malformed, and a 415 when it is something else', async () => {
    const type = 'multipart/form-data; boundary=x'
    expect(await given(FormData, '/', post('nonsense', type))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'is not a valid form' }],
    })
    expect(await given(FormData, '/', json({}))).toEqual({ status: 415, errors: undefined })
  })

  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded-x',
    'multipart/mixed; boundary=x',
    'application/x-www-form-urlencoded; charset=utf-16',
    'multipart/form-data-x; boundary=x',
  ])('is a 415 for the content type %s', async (type) => {
    const body = new TextEncoder().encode('a=1')
    const refused = { status: 415, errors: undefined }
    expect(await given(FormData, '/', post(body, type))).toEqual(refused)
  })
})

test('a 415 says what the body has to be (RFC 9110 15.5.16)', async () => {
  const doors = { text: Body(String), any: Body(), form: FormData, parts: FormParts }
  const app = new App({
    routes: Object.entries(doors).map(([path, token]) =>
      route.post(`/${path}`, [token as typeof FormData], () => 'taken'),
    ),
  })
  const said = async (path: string, type: string, coding?: string) => {
    const headers = { 'content-type': type, ...(coding && { 'content-encoding': coding }) }
    const request = new Request(`http://x/${path}`, { method: 'POST', headers, body: '{}' })
    const response = await app.fetch(request)
    const { status, detail } = (await response.json()) as { status: number; detail: string }
    return [status, detail, response.headers.get('accept-encoding')]
  }
  const must = (be: string) => [415, `The content type of the body must be ${be}`, null]
  expect(await said('text', 'application/json')).toEqual(must('text'))
  expect(await said('any', 'image/png')).toEqual(must('JSON or a form'))
  expect(await said('form', 'application/json')).toEqual(must('a form'))
  expect(await said('parts', 'application/x-www-form-urlencoded')).toEqual(
    must('multipart/form-data'),
  )
  for (const coding of ['gzip', 'br', 'identity, gzip'])
    expect(await said('any', 'application/json', coding)).toEqual([
      415,
      'A compressed body is not supported',
      'identity',
    ])
})
