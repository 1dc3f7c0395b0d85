import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { App, Body, Cookies, route } from '../../../src/http/index.js'
import { gate, serve, statusOf, type AtPort, type Wire } from './wire.js'

const HELLO = [route.get('/', () => 'hello')]
const GET = ['GET / HTTP/1.1', 'Host: x']

describe('heads', () => {
  test.each([
    ['17 KiB in one line', [`X-Long: ${'a'.repeat(17 * 1024)}`]],
    ['64 KiB in one line', [`X-Long: ${'a'.repeat(64 * 1024)}`]],
    ['17 KiB in a cookie', [`Cookie: sid=${'a'.repeat(17 * 1024)}`]],
    ['2,500 lines', Array.from({ length: 2500 }, () => 'X: 1')],
    ['129 lines', Array.from({ length: 128 }, () => 'X: 1')],
  ])('with %s get a 431, and the connection ends [DS-05]', async (_, lines) => {
    const { ask, failures, server } = await serve({ routes: HELLO })
    expect(statusOf(await ask(...GET, ...lines))).toBe(431)
    expect(await (await fetch(server.url)).text()).toBe('hello')
    expect(failures).toEqual([])
  })

  test('of 128 lines and nearly 16 KiB are read to their last line [DS-05]', async () => {
    const { ask } = await serve({ routes: [route.get('/', [Cookies], (all) => all.get('last'))] })
    const lines = Array.from({ length: 124 }, () => `X: ${'a'.repeat(100)}`)
    const response = await ask(...GET, ...lines, 'Connection: close', 'Cookie: last=here')
    expect(response).toMatch(/here$/)
  })

  test('may be as large as the options allow [DS-05]', async () => {
    const { ask } = await serve({ routes: HELLO }, { headerLimit: 40_000, headerLineLimit: 3 })
    const long = `X: ${'a'.repeat(30_000)}`
    expect(statusOf(await ask(...GET, long, 'Connection: close'))).toBe(200)
    expect(statusOf(await ask(...GET, 'A: 1', 'B: 1', 'Connection: close'))).toBe(431)
  })

  test('of more lines than Node keeps by default are read to the last, if the options allow it [DS-05]', async () => {
    const { ask } = await serve(
      { routes: [route.get('/', [Cookies], (all) => all.get('last'))] },
      { headerLineLimit: 3000 },
    )
    const lines = Array.from({ length: 2500 }, () => 'X:1')
    expect(await ask(...GET, 'Connection: close', ...lines, 'Cookie: last=here')).toMatch(/here$/)
  })

  test('that are not complete in time get a 408, and others are served meanwhile [DS-06]', async () => {
    const { open, server } = await serve({ routes: HELLO }, { headerTimeout: 300 })
    const before = performance.now()
    const slow = Array.from({ length: 100 }, () => open().send(...GET, 'X-Slow: 1'))
    const silent = Array.from({ length: 100 }, () => open())
    expect(await (await fetch(server.url)).text()).toBe('hello')
    const responses = await Promise.all(slow.map((wire) => wire.rest()))
    expect(new Set(responses.map(statusOf))).toEqual(new Set([408]))
    await Promise.all(silent.map((wire) => wire.rest()))
    expect(performance.now() - before).toBeLessThan(5000)
  })
})

describe('bodies', () => {
  const JSON_POST = ['POST / HTTP/1.1', 'Host: x', 'Content-Type: application/json']
  const echo = [route.post('/', [Body()], (body) => body), ...HELLO]

  test('that are not complete in time get a 408, and nothing is reported [DS-07]', async () => {
    const { open, failures } = await serve(
      { routes: [route.post('/', [Request], (request) => request.text()), ...echo.slice(1)] },
      { requestTimeout: 300 },
    )
    const wire = open().send(...JSON_POST, 'Content-Length: 9', '', '"ab')
    expect(statusOf(await wire.rest())).toBe(408)
    expect(failures).toEqual([])
  })

  test('over the limit get a 413 by their length alone [DS-08]', async () => {
    const { open } = await serve({ bodyLimit: 100, routes: echo })
    const wire = open().send(...JSON_POST, 'Content-Length: 101', '', '')
    expect(statusOf(await wire.until(/\}$/))).toBe(413)
    wire.leave()
  })

  test('without a length get a 413 as soon as they pass the limit [DS-08]', async () => {
    const { open } = await serve({ bodyLimit: 100, routes: echo })
    const wire = open().send(...JSON_POST, 'Transfer-Encoding: chunked', '', '')
    for (let chunk = 0; chunk < 3; chunk++) wire.send('30', 'a'.repeat(0x30), '')
    expect(statusOf(await wire.until(/\}$/))).toBe(413)
    wire.leave()
  })

  test('that are compressed are not unpacked [DS-08]', async () => {
    const { server } = await serve({ routes: echo })
    const bomb = gzipSync(Buffer.alloc(10_000_000, '['))
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const response = await fetch(server.url, { method: 'POST', headers, body: bomb })
    expect(response.status).toBe(415)
  })

  test.each([
    ['1,000,000 opening brackets', '['.repeat(1_000_000)],
    ['500,000 lists in each other', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['200,000 objects in each other', '{"":'.repeat(200_000) + '1' + '}'.repeat(200_000)],
    ['the same with a suspect key', '{"\\u0061":'.repeat(90_000) + '1' + '}'.repeat(90_000)],
    ['one level more than 100', `${'['.repeat(101)}${']'.repeat(101)}`],
    ['one level of objects more than 100', `${'{"[":'.repeat(100)}{"]":"}"}${'}'.repeat(100)}`],
    ['one level of both more than 100', `${'[{"a":'.repeat(50)}[]${'}]'.repeat(50)}`],
  ])('of %s get a 400 [DS-08]', async (_, body) => {
    const { server, failures } = await serve({ routes: echo })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(server.url, { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({
      status: 400,
      errors: [{ in: 'body', detail: 'is nested too deeply' }],
    })
    expect(failures).toEqual([])
  })

  test('with brackets in texts, or of 100 levels, are not too deep [DS-08]', async () => {
    const { server } = await serve({ routes: echo })
    const headers = { 'content-type': 'application/json' }
    const flat = [
      ['[{'.repeat(2000), '\\"[['.repeat(1000)],
      ...Array.from({ length: 900 }, () => []),
    ]
    for (const body of [
      JSON.stringify(flat),
      JSON.stringify(Array.from({ length: 600 }, () => ({ n: { '[': '{"[' } }))),
      '['.repeat(100) + ']'.repeat(100),
      `${'{"[":'.repeat(99)}{"{[\\"":"}]"}${'}'.repeat(99)}`,
      `${'[{"a":'.repeat(50)}1${'}]'.repeat(50)}`,
    ]) {
      const response = await fetch(server.url, { method: 'POST', headers, body })
      expect(await response.text()).toBe(body)
    }
  })
})

test.each(['"', '\\', '"\\', '"\\"', '\\"', '"[', '{"'])(
  'a body whose last text never ends is a 400 at once: %s [DS-08]',
  async (end) => {
    const { server, failures } = await serve({
      routes: [route.post('/', [Body()], (body) => body)],
    })
    const headers = { 'content-type': 'application/json' }
    for (const begin of ['['.repeat(99), `["${'x'.repeat(2000)}",`, '{"a":'.repeat(99)]) {
      const body = begin + end
      const response = await fetch(server.url, { method: 'POST', headers, body })
      expect(response.status).toBe(400)
    }
    expect(failures).toEqual([])
  },
)

describe('connections', () => {
  test('beyond the limit are closed, and taken again when others have left [DS-09]', async () => {
    const { open } = await serve({ routes: HELLO }, { connectionLimit: 3 })
    const idle = [open(), open(), open()]
    for (const wire of idle) await wire.send(...GET, '', '').until(/hello$/)
    expect(
      await open()
        .send(...GET, '', '')
        .rest(),
    ).toBe('')
    const left = once(idle[0]!.socket, 'close')
    idle[0]!.socket.end()
    await left
    await open()
      .send(...GET, '', '')
      .until(/hello$/)
    await idle[1]!.send(...GET, '', '').until(/hello[^]*hello$/)
  })

  test('that are idle are closed after the keep-alive timeout [DS-09]', async () => {
    const { open } = await serve({ routes: HELLO }, { keepAliveTimeout: 1 })
    expect(
      statusOf(
        await open()
          .send(...GET, '', '')
          .rest(),
      ),
    ).toBe(200)
  })

  test('of a handler that never responds are cut, and its signal fires [HT-15]', async () => {
    const aborted = gate<boolean>()
    const { ask, failures } = await serve(
      {
        routes: [
          route.get('/', [AbortSignal], (signal) => {
            signal.addEventListener('abort', () => aborted.open(signal.aborted))
            return new Promise(() => {})
          }),
        ],
      },
      { idleTimeout: 200 },
    )
    expect(await ask(...GET)).toBe('')
    expect(await aborted.opened).toBe(true)
    expect(failures).toEqual([])
  })

  test('are cut as well when they had earlier requests [HT-15]', async () => {
    const hang = () => new Promise(() => {})
    const { open } = await serve(
      { routes: [...HELLO, route.get('/hang', hang)] },
      { idleTimeout: 200 },
    )
    const kept = open().send(...GET, '', '')
    await kept.until(/hello$/)
    await kept.send(...GET, '', '').until(/hello[^]*hello$/)
    expect(await kept.send('GET /hang HTTP/1.1', 'Host: x', '', '').rest()).toMatch(/hello$/)
  })
})

describe('the next head of a connection has a deadline of its own', () => {
  const limits = { keepAliveTimeout: 200, headerTimeout: 200 }
  const drip = (wire: Wire, text: string) => {
    const timer = setInterval(() => wire.socket.write(text), 20)
    onTestFinished(() => clearInterval(timer))
  }

  test.each([
    ['empty lines', '\r\n'],
    ['half a line each time', '\n'],
  ])('which %s do not move [S5]', async (_, text) => {
    const { open, server } = await serve({ routes: HELLO }, limits)
    const wires = Array.from({ length: 20 }, () => open().send(...GET, '', ''))
    await Promise.all(wires.map((wire) => wire.until(/hello$/)))
    const before = performance.now()
    for (const wire of wires) drip(wire, text)
    await Promise.all(wires.map((wire) => wire.rest()))
    expect(performance.now() - before).toBeLessThan(5000)
    expect(await (await fetch(server.url)).text()).toBe('hello')
  })

  test('counted from each response, so that a busy connection stays [S5]', async () => {
    const { open } = await serve({ routes: HELLO }, { keepAliveTimeout: 1000, headerTimeout: 1000 })
    const wire = open()
    const before = performance.now()
    let count = 0
    // Longer than the deadline, with an empty line before each request, as RFC 9112 2.2 allows.
    while (performance.now() - before < 2500) {
      wire.send('', ...GET, '', '')
      count++
      await wire.until(new RegExp(`(hello[^]*){${count}}$`))
    }
    expect(wire.socket.closed).toBe(false)
    wire.leave()
  })

  test('which a response that is slow, or whose body still comes, does not start [S5]', async () => {
    const mayEnd = gate()
    const { open } = await serve(
      {
        routes: [
          route.get('/', async () => {
            await mayEnd.opened
            return 'late'
          }),
          route.post('/', () => 'early'),
        ],
      },
      { ...limits, requestTimeout: 60_000 },
    )
    const slow = open().send(...GET, '', '')
    const sending = open().send('POST / HTTP/1.1', 'Host: x', 'Content-Length: 500', '', '')
    await sending.until(/early$/)
    const before = performance.now()
    while (performance.now() - before < 1500) {
      sending.socket.write('a')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect([slow.socket.closed, sending.socket.closed]).toEqual([false, false])
    mayEnd.open()
    await slow.until(/late$/)
    sending.leave()
  })
})

describe('options that cannot work are rejected', () => {
  const serveWith = (options: Partial<AtPort>) =>
    new App({ routes: HELLO }).listen({ port: 0, hostname: '127.0.0.1', ...options })

  test.each([NaN, 0, -1, 1.5, 2 ** 31, Infinity])('such as %s milliseconds', async (limit) => {
    await expect(serveWith({ idleTimeout: limit })).rejects.toThrow(
      new RangeError(
        `listen: idleTimeout must be a whole number from 1 to 2147483647, not ${limit}.`,
      ),
    )
  })

  test('by the name of each', async () => {
    const names = ['headerLimit', 'headerLineLimit', 'headerTimeout', 'requestTimeout']
    for (const name of [...names, 'keepAliveTimeout', 'connectionLimit'])
      await expect(serveWith({ [name]: 0 })).rejects.toThrow(`listen: ${name} must be`)
  })

  test('but a request may have less time than the default of its head', async () => {
    const { server } = await serve({ routes: HELLO }, { requestTimeout: 1000 })
    expect(await (await fetch(server.url)).text()).toBe('hello')
  })
})
