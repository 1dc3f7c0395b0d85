import { MemoryStore, type App } from 'ingot'
import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createApp as withAdmin } from './admin-page.js'
import { createApp as withFormPost } from './form-post.js'
import { createApp as staying } from './remember.js'
import { createOffice, createShop } from './two-apps.js'

/** In milliseconds. */
const DAY = 86_400_000

/** Begins a login, and gives the `state` that the provider is sent. */
async function begun(client: ReturnType<typeof testClient>) {
  const { headers } = await client.post('/login')
  return new URL(headers.get('location')!).searchParams.get('state')!
}

const provider = {
  authorizationUrl: (state: string) =>
    `https://login.example/?response_mode=form_post&state=${state}`,
  userOf: async (code: string) => `user of ${code}`,
}
/** What a browser sends with the form of the provider's page: no cookie that is Lax. */
const FROM_PROVIDER = {
  cookie: '',
  origin: 'https://login.example',
  'sec-fetch-site': 'cross-site',
}

test('a login by form_post ends in the session that began it', async () => {
  const client = testClient(withFormPost(provider))
  const form = { code: 'c-1', state: await begun(client) }
  const received = await client.post('/login/callback', { form }, { headers: FROM_PROVIDER })
  expect(received.status).toBe(303)
  expect(received.headers.getSetCookie()).toEqual([])
  const before = client.cookies.get('__Host-session')?.value
  await client.get(received.headers.get('location')!)
  expect(await (await client.get('/')).text()).toBe('Hello, user of c-1!')
  expect(client.cookies.get('__Host-session')?.value).not.toBe(before)
})

test('a login that another browser began, or that was ended once, is refused', async () => {
  const app = withFormPost(provider)
  const [visitor, attacker] = [testClient(app), testClient(app)]
  const path = `/login/finish?code=c-1&state=${await begun(attacker)}`
  await begun(visitor)
  expect((await visitor.get(path)).status).toBe(403)
  expect((await attacker.get(path)).status).toBe(303)
  expect((await attacker.get(path)).status).toBe(403)
})

// #region foreign
test('a form of another website is refused where it is not exempt', async () => {
  const client = testClient(withFormPost(provider))
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect((await client.post('/login', undefined, { headers })).status).toBe(403)
})
// #endregion

/** A browser on localhost: it keeps one cookie of a name, whatever the port. */
function browser() {
  const cookies = new Map<string, string>()
  return async (app: App, port: number, path: string, method = 'GET') => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const url = `http://localhost:${port}${path}`
    const response = await app.fetch(new Request(url, { method, headers: { cookie } }))
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)!
      cookies.set(name, value)
    }
    return response.text()
  }
}

test.each([
  ['two names', createShop(), createOffice(), 'ada'],
  ['one name', createShop('__Host-session'), createOffice('__Host-session'), 'nobody'],
])('two applications on localhost with %s: the first login is then %4$s', async (...of) => {
  const [, shop, office, user] = of
  const visit = browser()
  await visit(shop, 3000, '/login/ada', 'POST')
  await visit(office, 4000, '/login/ada', 'POST')
  expect(await visit(office, 4000, '/')).toBe('ada')
  expect(await visit(shop, 3000, '/')).toBe(user)
})

test('an administrator sees the sessions of a user, and ends one', async () => {
  const app = withAdmin(new MemoryStore())
  const ada = await testClient(app).withSession({}, { userId: 'ada' })
  const admin = await testClient(app).withSession({ role: 'admin' }, { userId: 'root' })
  const page = await (await admin.get('/admin/users/ada')).text()
  expect(page).toContain('<li>a browser, last seen ')
  const [, action = ''] = /action="([^"]+)"/.exec(page)!
  expect((await admin.post(action)).status).toBe(303)
  expect(await (await admin.get('/admin/users/ada')).text()).not.toContain('<li>')
  expect(await ada.session()).toBeUndefined()
})

test('what a user is called is text in the page of an administrator', async () => {
  const app = withAdmin(new MemoryStore())
  const userId = '<b>"&'
  await testClient(app).withSession({}, { userId })
  const admin = await testClient(app).withSession({ role: 'admin' }, { userId: 'root' })
  const path = `/admin/users/${encodeURIComponent(userId)}`
  const page = await (await admin.get(path)).text()
  expect(page).toContain('<h1>Sessions of &lt;b>&quot;&amp;</h1>')
  expect(page).toContain(`action="${path}/sessions/`)
})

test('for others the pages of administrators do not exist', async () => {
  const app = withAdmin(new MemoryStore())
  const ada = await testClient(app).withSession({ role: 'customer' }, { userId: 'ada' })
  expect((await ada.get('/admin/users/ada')).status).toBe(404)
  expect((await testClient(app).get('/admin/users/ada')).status).toBe(404)
})

test('a remembered login stays as long as its visitor comes back, and a year at the latest', async () => {
  let now = Date.UTC(2026, 0, 1)
  const client = testClient(
    staying(() => now),
    { clock: () => now },
  )
  const home = async () => (await client.get('/')).text()
  await client.post('/login', { form: { remember: 'on' } })
  for (let visit = 1; visit <= 14; visit++) {
    now += 25 * DAY
    expect(await home()).toBe('ada')
  }
  // The 350th day. No visit moves the end beyond the 365th.
  now += 15 * DAY
  expect(await home()).toBe('nobody')
})

// #region time
test('a remembered login ends thirty days after its last visit', async () => {
  let now = Date.UTC(2026, 0, 1)
  const client = testClient(
    staying(() => now),
    { clock: () => now },
  )
  await client.post('/login', { form: { remember: 'on' } })
  now += 20 * DAY
  expect(await (await client.get('/')).text()).toBe('ada')
  now += 30 * DAY + 1
  expect(await (await client.get('/')).text()).toBe('nobody')
})
// #endregion

test('the second visit of a day writes nothing, and a login without the box is not remembered', async () => {
  let now = Date.UTC(2026, 0, 1)
  const client = testClient(
    staying(() => now),
    { clock: () => now },
  )
  await client.post('/login', { form: { remember: 'on' } })
  now += 1.5 * DAY
  expect((await client.get('/')).headers.getSetCookie()).toHaveLength(1)
  now += 60_000
  expect((await client.get('/')).headers.getSetCookie()).toEqual([])

  await client.post('/login', { form: {} })
  now += DAY
  expect(await (await client.get('/')).text()).toBe('nobody')
})
