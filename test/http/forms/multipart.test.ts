import { connect } from 'node:net'
import { FormData as UndiciFormData, fetch as undiciFetch } from 'undici'
import { describe, expect, test } from 'vitest'
import { Body, Exchange, FormParts, route } from '../../../src/http/index.js'
import { open, ways } from '../response/ways.js'
import { bodyOf, Wire } from '../under-fire/wire.js'
import { samples as written, type Entry } from './clients.js'
import { recordings } from './recordings.js'

const samples = { ...written, ...recordings }

async function entriesOf(form: Iterable<[string, string | File]>): Promise<Entry[]> {
  return Promise.all(
    [...form].map(async ([name, value]): Promise<Entry> => {
      if (typeof value === 'string') return [name, value]
      return [name, [value.name, value.type, await value.text()]]
    }),
  )
}

/** The same by each door through which a handler gets a form. */
const doors = {
  FormData: route.post('/FormData', [FormData], (form) => entriesOf(form)),
  Request: route.post('/Request', [Request], (request) =>
    // oxlint-disable-next-line typescript/no-deprecated -- the door of a standard request
    request.formData().then(entriesOf),
  ),
  Exchange: route.post('/Exchange', [Exchange], async (exchange) =>
    entriesOf((await exchange.form()) ?? []),
  ),
  Body: route.post('/Body', [Body()], async (body) =>
    entriesOf(
      Object.entries(body as Record<string, string | File>).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string | File] => [name, one]),
      ),
    ),
  ),
  FormParts: route.post('/FormParts', [FormParts], async (parts) => {
    const entries: Entry[] = []
    for await (const part of parts) {
      const { name, filename, type } = part
      if (filename === undefined) entries.push([name, await part.text()])
      else entries.push([name, [filename, type, await (await part.file()).text()]])
    }
    return entries
  }),
}

const routes = Object.values(doors)

const cases = ways.flatMap((way) =>
  Object.keys(samples).flatMap((client) =>
    Object.keys(doors).map((door) => [client, door, way] as const),
  ),
)

/** The standard class of the runtime reads fewer of them, and so do streams: lines that end with LF alone. */
const isElsewhere = (client: string, door: string, way: string): boolean =>
  (door === 'Request' && way === 'app.fetch') || (door === 'FormParts' && client === 'LF alone')

describe('a form', () => {
  test.each(cases.filter((one) => !isElsewhere(...one)))(
    'is read as %s writes it: %s, %s [B7]',
    async (client, door, way) => {
      const { type, body, entries } = samples[client]!
      const { ask, failures } = await open(way, { routes })
      const headers = { 'content-type': type }
      const response = await ask(`/${door}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      })
      expect([failures, await response.json()]).toEqual([[], entries])
    },
  )

  test.each(Object.keys(samples))('arrives byte by byte as well: %s [B7]', async (client) => {
    const { type, body, entries } = samples[client]!
    const { ask } = await open('app.fetch', { routes })
    const pieces = Array.from(body, (byte) => Uint8Array.of(byte))
    const doorsOf = client === 'LF alone' ? ['FormData'] : ['FormData', 'FormParts']
    for (const door of doorsOf) {
      const init = {
        method: 'POST',
        headers: { 'content-type': type },
        body: ReadableStream.from(pieces),
        duplex: 'half',
      } as const
      expect(await (await ask(`/${door}`, init)).json()).toEqual(entries)
    }
  })

  test.each(['fetch', 'undici'] as const)('is read as a real %s sends it [B7]', async (which) => {
    const { url } = await open('listen', { routes })
    const form = which === 'fetch' ? new FormData() : new UndiciFormData()
    form.append('näme "q"\n', 'line\nline')
    form.append('f', new File(['x'], 'ü"\\.txt', { type: 'text/plain' }))
    for (const door of Object.keys(doors)) {
      const send = which === 'fetch' ? fetch : undiciFetch
      const init = { method: 'POST', body: form as FormData & UndiciFormData }
      expect(await (await send(`${url}/${door}`, init)).json()).toEqual([
        ['näme "q"\r\n', 'line\r\nline'],
        ['f', ['ü"\\.txt', 'text/plain', 'x']],
      ])
    }
  })
})

test.each(ways)(
  'bytes without a name are a file, whole, and count as one: %s [B7, S15]',
  async (way) => {
    const bytes =
      'Content-Disposition: form-data; name="a"\r\nContent-Type: application/octet-stream'
    const { ask, failures } = await open(way, {
      formLimits: { files: 1 },
      routes: [route.post('/', [FormData], (form) => form.get('a') as File)],
    })
    const send = async (text: string) => {
      const headers = { 'content-type': 'multipart/form-data; boundary=B' }
      return ask('/', {
        method: 'POST',
        headers,
        body: Uint8Array.from(Buffer.from(text, 'latin1')),
      })
    }
    const response = await send(part(bytes, '\0\xff\xfe\r\n'))
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toBe('\0\xff\xfe\r\n')
    expect((await send(part(bytes, 'x', part(bytes)))).status).toBe(413)
    expect(failures).toEqual([])
  },
)

const part = (head: string, text = 'v', end = '--B--') => `--B\r\n${head}\r\n\r\n${text}\r\n${end}`
const named = 'Content-Disposition: form-data; name="a"'

const malformed: Record<string, [body: string | Buffer, type?: string]> = {
  'no boundary in the type': [part(named), 'multipart/form-data'],
  'an empty boundary': [part(named), 'multipart/form-data; boundary=""'],
  'another boundary': [part(named), 'multipart/form-data; boundary=C'],
  'no last boundary': [part(named, 'v', '')],
  'an end inside a head': ['--B\r\nContent-Disposition: form-d'],
  'an end inside a boundary': [part(named, 'v', '--')],
  'a part without a name': [part('Content-Disposition: form-data; filename="a"')],
  'a part without a head': ['--B\r\n\r\nv\r\n--B--'],
  'another disposition': [part('Content-Disposition: attachment; name="a"')],
  'a quote that does not end': [part('Content-Disposition: form-data; name="a')],
  'two names': [part('Content-Disposition: form-data; name="a"; name="b"')],
  'two dispositions': [part(`${named}\r\n${named}`)],
  'a head that is no head': [part('nonsense')],
  'a head with other letters before it': [part(`:)${named}`)],
  'a head that goes on in the next line': [part(`Content-Disposition:\r\n form-data; name="a"`)],
  'an end inside a file': [part(`${named}; filename="f"`, 'v', '').slice(0, -3)],
  'a transfer encoding': [part(`${named}\r\nContent-Transfer-Encoding: base64`)],
  'a text that is not UTF-8': [Buffer.from(part(named, 'Zürich'), 'latin1')],
  'an unknown charset': [part(`${named}\r\nContent-Type: text/plain; charset=x-none`)],
}

describe('a malformed form', () => {
  test.each(ways.flatMap((way) => Object.keys(malformed).map((what) => [what, way] as const)))(
    'is a 400, and nobody is told: %s, %s [B7]',
    async (what, way) => {
      const [body, type = 'multipart/form-data; boundary=B'] = malformed[what]!
      const { ask, failures } = await open(way, { routes })
      for (const door of ['FormData', 'Body', 'FormParts']) {
        const headers = { 'content-type': type }
        const init = { method: 'POST', headers, body: Uint8Array.from(Buffer.from(body)) }
        const response = await ask(`/${door}`, init)
        expect([door, response.status, await response.json()]).toMatchObject([
          door,
          400,
          { errors: [{ in: 'body', detail: 'is not a valid form' }] },
        ])
      }
      expect(failures).toEqual([])
    },
  )

  test('of another type is a 415 [B7]', async () => {
    const { ask } = await open('app.fetch', { routes })
    for (const [door, type] of [
      ['FormParts', 'application/x-www-form-urlencoded'],
      ['FormParts', 'multipart/mixed; boundary=B'],
      ['FormData', 'multipart/form-data-x; boundary=B'],
      ['FormData', 'text/plain'],
      ['Body', 'text/plain'],
    ]) {
      const headers = { 'content-type': type! }
      expect((await ask(`/${door}`, { method: 'POST', headers, body: 'a=1' })).status).toBe(415)
    }
  })
})

test('the parts of a form reach the handler while the rest is still on its way [B7]', async () => {
  const { url, failures } = await open('listen', {
    routes: [
      route.post(
        '/',
        [FormParts],
        async (parts) => {
          const seen: string[] = []
          for await (const one of parts) {
            let size = 0
            for await (const chunk of one.stream()) size += chunk.length
            seen.push(`${one.name} ${size}`)
            onPart?.(one.name)
          }
          return seen
        },
        { bodyLimit: 20_000_000 },
      ),
    ],
  })
  let onPart: ((name: string) => void) | undefined
  const first = new Promise((resolve) => (onPart = resolve))
  const wire = new Wire(connect(Number(new URL(url).port), '127.0.0.1'))
  const type = 'Content-Type: multipart/form-data; boundary=B'
  const one = `${part(named, '1', '')}--B\r\nContent-Disposition: form-data; name="big"; filename="b"\r\n\r\n`
  const rest = `${'x'.repeat(10_000_000)}\r\n--B--`
  wire.send(
    'POST / HTTP/1.1',
    'Host: a',
    'Connection: close',
    type,
    `Content-Length: ${one.length + rest.length}`,
    '',
    one,
  )
  expect(await first).toBe('a')
  wire.send(rest)
  expect(bodyOf(await wire.rest())).toBe('["a 1","big 10000000"]')
  expect(failures).toEqual([])
})

describe('FormParts', () => {
  const form = () => {
    const all = new FormData()
    all.append('a', '1')
    all.append('f', new File(['file'], 'f.txt', { type: 'text/plain' }))
    all.append('b', '2')
    return all
  }

  test.each(ways)('skips what is not read, gives files, and ends early: %s [B7]', async (way) => {
    const { ask, failures } = await open(way, {
      routes: [
        route.post('/skip', [FormParts], async (parts) => {
          const names: string[] = []
          for await (const one of parts) names.push(one.name)
          return names
        }),
        route.post('/file', [FormParts], async (parts) => {
          for await (const one of parts) if (one.filename) return one.file()
          return undefined
        }),
        route.post('/first', [FormParts], async (parts) => {
          for await (const one of parts) return one.text()
          return undefined
        }),
      ],
    })
    const send = async (path: string) => ask(path, { method: 'POST', body: form() })
    expect(await (await send('/skip')).json()).toEqual(['a', 'f', 'b'])
    const file = await send('/file')
    expect([await file.text(), file.headers.get('content-disposition')]).toEqual([
      'file',
      'attachment; filename="f.txt"',
    ])
    expect(await (await send('/first')).text()).toBe('1')
    expect(await (await send('/skip')).json()).toEqual(['a', 'f', 'b'])
    expect(failures).toEqual([])
  })

  test('says so when a part or the form is read twice [B7]', async () => {
    const { ask, failures } = await open('app.fetch', {
      routes: [
        route.post('/part', [FormParts], async (parts) => {
          for await (const one of parts) {
            await one.text()
            await one.file()
          }
        }),
        route.post('/late', [FormParts], async (parts) => {
          const all = []
          for await (const one of parts) all.push(one)
          return all[0]!.text()
        }),
        route.post('/kept', [FormParts], async (parts) => {
          const streams = []
          for await (const one of parts) streams.push(one.stream())
          return new Response(streams[1]).text()
        }),
        route.post('/form', [FormParts], async (parts) => {
          for await (const one of parts) await one.text()
          for await (const one of parts) await one.text()
        }),
      ],
    })
    for (const path of ['/part', '/late', '/kept', '/form'])
      expect((await ask(path, { method: 'POST', body: form() })).status).toBe(500)
    expect(failures.map(String)).toEqual([
      'TypeError: A part of a form can be read once, before the next one is asked for',
      'TypeError: A part of a form can be read once, before the next one is asked for',
      'TypeError: A part of a form can be read once, before the next one is asked for',
      'TypeError: The parts of a form can be read once',
    ])
  })
})
