import { describe, expectTypeOf, test } from 'vitest'
import {
  accessLog,
  App,
  ClientAddress,
  cors,
  FormParts,
  inject,
  requestId,
  RequestId,
  route,
  securityHeaders,
  type AppOptions,
  type FormPart,
  type ListenOptions,
  type Middleware,
} from '../../src/index.js'
import type { AccessLogEntry } from '../../src/http/index.js'
import type { Problem } from '../../src/http/errors/http-error.js'

// Each error is expected at the line of the option that is wrong, and not at the call around it.

describe('cors', () => {
  test('is a middleware, for origins by list, by function and for all', () => {
    expectTypeOf(cors({ origins: ['https://app.example'] as const })).toEqualTypeOf<Middleware>()
    cors({ origins: '*', methods: ['PUT'], headers: [], exposedHeaders: ['etag'], maxAge: 600 })
    cors({ origins: async (origin) => origin.endsWith('.example'), credentials: true })
  })

  test('takes nothing else', () => {
    // @ts-expect-error - it has to say which origins
    cors({})
    cors({
      // @ts-expect-error - one origin is a list of one
      origins: 'https://app.example',
    })
    cors({
      // @ts-expect-error - a function decides, and there are no patterns
      origins: [/example/],
    })
    cors({
      // @ts-expect-error - a function says yes or no
      origins: (origin) => origin,
    })
    cors({
      origins: '*',
      // @ts-expect-error - seconds, not a text
      maxAge: '600',
    })
    cors({
      origins: '*',
      // @ts-expect-error - a list of methods
      methods: 'PUT',
    })
    cors({
      origins: '*',
      // @ts-expect-error - what is misspelled would allow nothing
      exposeHeaders: ['etag'],
    })
  })
})

describe('securityHeaders', () => {
  test('takes texts, false, and headers of your own', () => {
    expectTypeOf(securityHeaders()).toEqualTypeOf<Middleware>()
    securityHeaders({
      'x-frame-options': 'DENY',
      'referrer-policy': false,
      'permissions-policy': '',
    })
  })

  test('takes nothing else', () => {
    securityHeaders({
      // @ts-expect-error - the default is what is left out
      'x-frame-options': true,
    })
    securityHeaders({
      // @ts-expect-error - one text
      'content-security-policy': ["default-src 'self'"],
    })
  })
})

describe('requestId', () => {
  test('gives a text by its token', () => {
    expectTypeOf(requestId({ header: 'x-trace', isTrusted: true })).toEqualTypeOf<Middleware>()
    route.get('/', [RequestId], (id) => expectTypeOf(id).toEqualTypeOf<string>())
  })

  test('takes nothing else', () => {
    requestId({
      // @ts-expect-error - an id is a text
      generate: () => 7,
    })
    requestId({
      // @ts-expect-error - no list of proxies: whoever sets the header is trusted
      isTrusted: ['10.0.0.1'],
    })
    // @ts-expect-error - an id is no number
    route.get('/', [RequestId], (id: number) => id)
  })
})

describe('accessLog', () => {
  test('writes entries whose values have their types', () => {
    accessLog({
      write: (entry) => {
        expectTypeOf(entry).toEqualTypeOf<AccessLogEntry>()
        expectTypeOf(entry.status).toEqualTypeOf<number>()
        expectTypeOf(entry.requestId).toEqualTypeOf<string | undefined>()
      },
      clock: () => 0,
    })
  })

  test('takes nothing else', () => {
    accessLog({
      // @ts-expect-error - an entry has no query
      write: ({ query }) => console.log(query),
    })
    accessLog({
      // @ts-expect-error - milliseconds
      clock: () => new Date(),
    })
  })
})

describe('errorPages', () => {
  const app = (errorPages: NonNullable<AppOptions['errorPages']>) =>
    new App({ routes: [], errorPages })

  test('get the problem and the request', () => {
    app({
      html: (problem, request) => {
        expectTypeOf(problem).toEqualTypeOf<Problem>()
        expectTypeOf(request).toEqualTypeOf<Request>()
        return `${problem.status}`
      },
      json: ({ title }) => ({ title }),
    })
  })

  test('take nothing else', () => {
    app({
      // @ts-expect-error - a page is a text, at once
      html: async () => '<h1>',
    })
    app({
      // @ts-expect-error - a function
      json: { title: 'x' },
    })
    app({
      // @ts-expect-error - by type, not by status
      404: () => '<h1>',
    })
  })
})

describe('route.group', () => {
  const guard = inject([ClientAddress], () => undefined)

  test('takes a prefix, routes as deep as you like, and middleware', () => {
    const group = route.group('/admin', [[route.get('/', () => 'x')]], { middleware: [guard] })
    expectTypeOf(new App({ routes: [group, route.group('/x', [group])] })).toEqualTypeOf<App>()
  })

  test('takes nothing else', () => {
    // @ts-expect-error - the prefix first
    route.group([route.get('/', () => 'x')])
    // @ts-expect-error - a path is no route
    route.group('/admin', ['/users'])
    route.group('/admin', [], {
      // @ts-expect-error - a list of middleware
      middleware: guard,
    })
  })
})

describe('FormParts', () => {
  test('are gone through with for await', () => {
    route.post('/', [FormParts], async (parts) => {
      for await (const part of parts) {
        expectTypeOf(part).toEqualTypeOf<FormPart>()
        expectTypeOf(part.filename).toEqualTypeOf<string | undefined>()
        expectTypeOf(part.stream()).toEqualTypeOf<ReadableStream<Uint8Array>>()
        expectTypeOf(part.text()).toEqualTypeOf<Promise<string>>()
        expectTypeOf(part.file()).toEqualTypeOf<Promise<File>>()
      }
    })
  })

  test('are no list, and their parts cannot be changed', () => {
    route.post('/', [FormParts], async (parts) => {
      // @ts-expect-error - they are not there yet
      for (const part of parts) void part
      for await (const part of parts) {
        // @ts-expect-error - what the sender wrote
        part.filename = 'safe.txt'
      }
    })
  })
})

describe('ClientAddress', () => {
  test('has an address, or none', () => {
    route.get('/', [ClientAddress], (client) => {
      expectTypeOf(client.ip).toEqualTypeOf<string | undefined>()
      // @ts-expect-error - it may be unknown
      return client.ip.length
    })
  })
})

describe('listen', () => {
  const options = (given: ListenOptions) => given

  test('takes exactly one place, and limits', () => {
    options({ port: 0, hostname: '::1', beforeClose: 5_000, drainTimeout: 0 })
    options({ path: '/run/app.sock', trustProxy: 1, closeOn: ['SIGTERM'] })
    options({ fd: 3, trustProxy: ['10.0.0.0/8'] as const, tls: { cert: 'a', key: 'b' } })
    expectTypeOf(new App({ routes: [] }).listen)
      .parameter(0)
      .toEqualTypeOf<number | ListenOptions>()
  })

  test('takes nothing else', () => {
    // @ts-expect-error - no place
    options({ beforeClose: 5_000 })
    // @ts-expect-error - two places
    options({ port: 0, path: '/run/app.sock' })
    // @ts-expect-error - an address belongs to a port
    options({ path: '/run/app.sock', hostname: '::' })
    options({
      // @ts-expect-error - variables of the environment are texts
      port: '3000',
    })
    options({
      port: 0,
      // @ts-expect-error - milliseconds, not a text
      beforeClose: '5s',
    })
    options({
      port: 0,
      closeOn: [
        // @ts-expect-error - a signal that closes nothing
        'SIGKILL',
      ],
    })
    options({
      port: 0,
      // @ts-expect-error - a list, a number or a boolean
      trustProxy: '10.0.0.1',
    })
    options({
      port: 0,
      // @ts-expect-error - in bytes, under its own name
      maxHeaderSize: 16_384,
    })
  })
})

describe('the options of an application', () => {
  const options = (given: AppOptions) => new App(given)

  test('name the guard, the hosts and the limits of forms', () => {
    options({ routes: [], crossOrigin: false, allowedHosts: ['a.test'], formLimits: { files: 1 } })
    options({ routes: [], crossOrigin: { trustedOrigins: ['https://a.test'], exempt: [] } })
  })

  test('take nothing else', () => {
    options({
      routes: [],
      // @ts-expect-error - on by default, so that there is no true
      crossOrigin: true,
    })
    options({
      routes: [],
      crossOrigin: {
        // @ts-expect-error - a list
        trustedOrigins: 'https://a.test',
      },
    })
    options({
      routes: [],
      formLimits: {
        // @ts-expect-error - a number of bytes
        fileSize: '1mb',
      },
    })
    options({
      routes: [],
      // @ts-expect-error - a list
      allowedHosts: 'a.test',
    })
    options({
      routes: [],
      // @ts-expect-error - of the server, not of the application
      beforeClose: 5_000,
    })
  })
})
