import { describe, expect, test } from 'vitest'
import { App, redirect, route } from '../../../src/http/index.js'
import {
  BackendStore,
  CookieStore,
  CsrfToken,
  csrfTokenGuard,
  MemoryBackend,
  Session,
  sessions,
  type SessionStore,
} from '../../../src/sessions/index.js'
import { testClient, type TestClient } from '../../../src/testing/index.js'
import { newSecret } from '../secrets.js'

/** An application with a login; every form shows the token as its text. */
function world(store: SessionStore) {
  const ran: string[] = []
  const app = new App({
    components: [sessions(store)],
    middleware: [csrfTokenGuard({ exempt: ['POST /callback'] })],
    routes: [
      route.get('/form', [CsrfToken], (token) => token.value),
      route.post('/login', [Session, CsrfToken], (session, token) => {
        session.bind('ada')
        return token.value
      }),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/change', () => void ran.push('changed')),
      route.post('/form', [FormData], (form) => [...form.keys()]),
      route.post('/begin', [Session, CsrfToken], (session, token) => {
        const { value } = token
        session.set('cart', ['tea'])
        return value
      }),
      route.post('/callback', () => redirect('/')),
    ],
  })
  return { ran, visitor: () => testClient(app) }
}

const formOf = async (client: TestClient) => (await client.get('/form')).text()

async function login(client: TestClient, token = ''): Promise<string> {
  const headers = { 'x-csrf-token': token }
  const response = await client.post('/login', undefined, { headers })
  expect(response.status).toBe(200)
  return response.text()
}

async function change(client: TestClient, token: string): Promise<number> {
  const headers = { 'x-csrf-token': token }
  return (await client.post('/change', undefined, { headers })).status
}

function inMemory() {
  const backend = new MemoryBackend()
  return { ...world(new BackendStore(backend)), backend }
}

describe.each([
  ['CookieStore', () => world(new CookieStore({ secret: newSecret() }))],
  ['BackendStore', inMemory],
])('with %s', (_, open) => {
  test('the token of the session is accepted, as often as it is sent', async () => {
    const { visitor, ran } = open()
    const ada = visitor()
    const token = await login(ada)
    expect([await change(ada, token), await change(ada, token)]).toEqual([204, 204])
    expect(await change(ada, await formOf(ada))).toBe(204)
    expect(ran).toHaveLength(3)
  })

  test('without it nothing runs', async () => {
    const { visitor, ran } = open()
    const ada = visitor()
    await login(ada)
    const response = await ada.post('/change')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      title: 'Forbidden',
      status: 403,
      detail: 'The token of the session is missing or not this one; load the page again',
      code: 'CSRF_TOKEN',
    })
    expect(ran).toEqual([])
  })

  test('the token of another session is a 403 [CS-06]', async () => {
    const { visitor } = open()
    const [ada, eve] = [visitor(), visitor()]
    await login(ada)
    expect(await change(ada, await login(eve))).toBe(403)
  })

  test('a token from before login is a 403 afterwards [CS-06, FX-05]', async () => {
    const { visitor } = open()
    const ada = visitor()
    const before = await (await ada.post('/begin')).text()
    expect(await change(ada, before)).toBe(204)
    const after = await login(ada, before)
    expect(await change(ada, before)).toBe(403)
    expect(await change(ada, after)).toBe(204)
  })

  test('the token of a session that is over is worth nothing in the next', async () => {
    const { visitor } = open()
    const ada = visitor()
    const token = await login(ada)
    await ada.post('/logout', undefined, { headers: { 'x-csrf-token': token } })
    await login(ada)
    expect(await change(ada, token)).toBe(403)
  })

  test('a cookie that an attacker has set makes no token right [CS-08]', async () => {
    const { visitor } = open()
    const ada = visitor()
    await login(ada)
    const planted = new CsrfToken(new Session('an id of the attacker')).value
    for (const name of ['_csrf', 'csrf', '__Host-csrf', 'X-CSRF-Token', 'session']) {
      ada.cookies.set(name, planted)
    }
    const response = await ada.post('/change', new URLSearchParams({ _csrf: planted }))
    expect(response.status).toBe(403)
  })

  test('the session and the token of the attacker are of no use from their page [FX-11, CS-08]', async () => {
    const { visitor, ran } = open()
    const [victim, eve] = [visitor(), visitor()]
    const token = await login(eve)
    const [cookie] = [...eve.cookies]
    victim.cookies.set(cookie!.name, cookie!.value)
    const headers = { 'x-csrf-token': token, 'sec-fetch-site': 'same-site' }
    const response = await victim.post('/change', undefined, { headers })
    expect([response.status, ran]).toEqual([403, []])
  })

  test('a visitor without a session logs in from the page of the application, and from no other [FX-11]', async () => {
    const { visitor } = open()
    const statusOf = async (headers: Record<string, string>) =>
      (await visitor().post('/login', undefined, { headers })).status
    expect(await statusOf({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await statusOf({ origin: 'https://shop.test' })).toBe(200)
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await statusOf({ origin: 'https://evil.example' })).toBe(403)
  })

  test('to show a form stores nothing and sets no cookie [DS-14]', async () => {
    const { visitor } = open()
    const client = visitor()
    expect(await formOf(client)).toHaveLength(86)
    expect(client.cookies.size).toBe(0)
  })

  test('a token that was shown before the session began in the same request is right', async () => {
    const { visitor } = open()
    const client = visitor()
    const token = await (await client.post('/begin')).text()
    expect(await change(client, token)).toBe(204)
  })

  test('an exempt route needs no token', async () => {
    const ada = open().visitor()
    await login(ada)
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'null' }
    expect((await ada.post('/callback', undefined, { headers })).status).toBe(303)
  })
})

test('a thousand forms leave no record in the backend [DS-14]', async () => {
  const { visitor, backend } = inMemory()
  for (let view = 0; view < 1000; view++) await formOf(visitor())
  expect(backend.size).toBe(0)
})

describe('where the token is sent', () => {
  async function known() {
    const { visitor } = inMemory()
    const ada = visitor()
    return { ada, token: await login(ada) }
  }

  test('in a field of a form of either kind, and the handler still gets the form', async () => {
    const { ada, token } = await known()
    const multipart = new FormData()
    multipart.set('_csrf', token)
    for (const form of [new URLSearchParams({ _csrf: token }), multipart]) {
      const response = await ada.post('/form', form)
      expect([response.status, await response.json()]).toEqual([200, ['_csrf']])
    }
  })

  test('nowhere else: not in the query, not in JSON, not in a cookie', async () => {
    const { ada, token } = await known()
    ada.cookies.set('_csrf', token)
    expect((await ada.post(`/change?_csrf=${token}`)).status).toBe(403)
    expect((await ada.post('/change', { _csrf: token })).status).toBe(403)
  })

  test('a field that is there twice, or is a file, is a 403 [CS-07]', async () => {
    const { ada, token } = await known()
    const twice = new URLSearchParams([
      ['_csrf', token],
      ['_csrf', token],
    ])
    const file = new FormData()
    file.set('_csrf', new Blob([token]))
    expect((await ada.post('/form', twice)).status).toBe(403)
    expect((await ada.post('/form', file)).status).toBe(403)
    const array = new URLSearchParams({ '_csrf[]': token })
    expect((await ada.post('/form', array)).status).toBe(403)
  })

  test('a token of 1 MB, a broken form and an empty one are a 403, a larger body is a 413 [CS-07]', async () => {
    const { ada } = await known()
    const statusOf = async (body: string, type = 'application/x-www-form-urlencoded') =>
      (await ada.post('/form', body, { headers: { 'content-type': type } })).status
    expect(await statusOf(`_csrf=${'A'.repeat(1_000_000)}`)).toBe(403)
    expect(await statusOf('')).toBe(403)
    expect(await statusOf('_csrf=x', 'multipart/form-data')).toBe(403)
    expect(await statusOf('_csrf=x', 'multipart/form-data; boundary=x')).toBe(403)
    expect(await statusOf(`_csrf=${'A'.repeat(2_000_000)}`)).toBe(413)
  })

  test('a header that is wrong is not made good by a field', async () => {
    const { ada, token } = await known()
    const headers = { 'x-csrf-token': 'wrong' }
    const response = await ada.post('/form', new URLSearchParams({ _csrf: token }), { headers })
    expect(response.status).toBe(403)
  })
})

test('a guard says which option is wrong', () => {
  // @ts-expect-error there is no such option
  expect(() => csrfTokenGuard({ field: 'token' })).toThrow(
    new TypeError(
      'csrfTokenGuard: field is not an option. The options are: trustedOrigins, exempt, as.',
    ),
  )
})

describe('CsrfToken', () => {
  const session = new Session('the id of a session')
  const token = new CsrfToken(session)

  test('reads differently each time, and each is right', () => {
    const values = Array.from({ length: 100 }, () => token.value)
    expect(new Set(values).size).toBe(100)
    expect(values.every((value) => token.verify(value))).toBe(true)
  })

  test('is wrong with any one byte changed [CS-07]', () => {
    const bytes = Buffer.from(token.value, 'base64url')
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed[index]! ^= 1
      expect(token.verify(changed.toString('base64url'))).toBe(false)
    }
  })

  test('is wrong in another length, spelling or type, and nothing throws [CS-07]', () => {
    const { value } = token
    // The last character has four bits that carry nothing.
    const next = String.fromCharCode(value.charCodeAt(85) + 1)
    for (const wrong of [
      '',
      value.slice(1),
      `${value}A`,
      value.slice(0, 85) + next,
      ` ${value}`,
      `${value}\n`,
      value.repeat(12_000),
      'é'.repeat(86),
      [value],
      { value },
      Buffer.from(value),
      null,
      undefined,
      0,
    ]) {
      expect(token.verify(wrong)).toBe(false)
    }
    expect(token.verify(value)).toBe(true)
  })

  test('gives away nothing of the session when it is printed', () => {
    expect(JSON.stringify(token)).toBe('{}')
    expect(Object.keys(token)).toEqual([])
    expect(token.value).not.toContain(session.id)
  })
})
