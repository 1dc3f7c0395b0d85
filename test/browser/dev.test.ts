import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { ingot, startDev, type DevRun } from '../support/dev-run.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: Browser
// A name in the network, as a phone uses it; Chromium trusts only localhost over plain http.
beforeAll(async () => {
  browser = await launchChromium('--host-resolver-rules=MAP my-machine 127.0.0.1')
})
afterAll(() => browser?.close())

const shop = (store: string, more = '') => ({
  'app.ts': `
import { setTimeout as pause } from 'node:timers/promises'
import {
  App, BackendStore, CookieStore, MemoryBackend, MemoryStore, route, Session, sessions,
} from '${ingot}'

${more}
export const app = new App({
  components: [sessions(${store}, { onWarning: () => {} })],
  routes: [
    route.get('/', [Session], (session) => {
      session.set('visits', (session.get('visits') ?? 0) + 1)
      return 'visits: ' + session.get('visits')
    }),
    route.get('/cart', [Session], (session) => 'size: ' + session.size),
    route.get('/report', [], async function report() {
      await pause(600)
      return 'done'
    }),
    route.get('/count', [], function count() {
      const end = performance.now() + 600
      while (performance.now() < end);
      return 'counted'
    }),
    route.get('/fill', [Session], (session) => {
      session.set('name', 'Ada')
      session.set('photo', 'x'.repeat(6000))
      return 'filled'
    }),
  ],
})
`,
})

/** One browser: a tab for the application, and one for the page beside it. */
class Tabs {
  readonly dev: DevRun
  readonly context: BrowserContext
  readonly page: Page
  readonly #app: Page

  constructor(dev: DevRun, context: BrowserContext, app: Page, page: Page) {
    this.dev = dev
    this.context = context
    this.page = page
    this.#app = app
  }

  static async open(
    files: Readonly<Record<string, string>>,
    look: { readonly width?: number; readonly colorScheme?: 'light' | 'dark' } = {},
  ): Promise<Tabs> {
    const dev = await startDev(files)
    const { width = 1180, colorScheme = 'light' } = look
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    onTestFinished(() => {
      if (complaints.length > 0) throw new Error(complaints.join('\n'))
    })
    await page.goto(dev.page)
    await page.getByRole('status').getByText('Runs at').waitFor()
    return new Tabs(dev, context, await context.newPage(), page)
  }

  /** What the application shows. */
  async visit(path: string, host = 'localhost'): Promise<string> {
    await this.#app.goto(this.dev.app.replace('localhost', host) + path)
    return this.#app.locator('body').innerText()
  }

  /** The reasons under "What looks wrong". */
  async findings(title: RegExp): Promise<string> {
    const found = this.page.locator('.finding').filter({ hasText: title }).first()
    await found.waitFor()
    return found.innerText()
  }

  /** Opens the session of this browser. */
  async ownSession() {
    // A tab in the background is drawn once a second, and each click waits for that.
    await this.page.bringToFront()
    // The one that ended stays marked until the page has heard of the next request.
    const own = { hasText: 'this browser', hasNotText: 'ended:' }
    const item = this.page.locator('#session-list > li').filter(own).first()
    await item.waitFor()
    if ((await item.locator('details[open]').count()) === 0) await item.locator('summary').click()
    return item
  }

  async press(name: string): Promise<void> {
    const item = await this.ownSession()
    await item.getByRole('button', { name }).click()
    await this.page.getByRole('status').getByText(`${name}: done`).waitFor()
  }
}

test('a cookie that is not sent: Secure over plain http', async () => {
  const tabs = await Tabs.open(shop('new MemoryStore()'))
  expect(await tabs.visit('/', 'my-machine')).toBe('visits: 1')
  expect(await tabs.visit('/', 'my-machine')).toBe('visits: 1')
  expect(await tabs.findings(/^The browser drops the cookie '__Host-session'/)).toMatch(
    /It is Secure, and the page came over plain http from 'my-machine'[^]*secure: 'auto'/,
  )
})

test('a cookie that is not sent: its path', async () => {
  const store = "new MemoryStore({ name: 'own', path: '/report', secure: false })"
  const tabs = await Tabs.open(shop(store))
  await tabs.visit('/')
  await tabs.visit('/cart')
  expect(await tabs.findings(/^The cookie 'own' was not sent with GET \/cart/)).toMatch(
    /Its path is '\/report', and this request was for '\/cart'/,
  )
})

test('a cookie that is not sent: a script of another origin asked without credentials', async () => {
  const tabs = await Tabs.open(shop("new MemoryStore({ secure: 'auto' })"))
  const server = createServer((_request, response) => response.end('<!doctype html>')).listen(0)
  onTestFinished(() => void server.close())
  const other = await tabs.context.newPage()
  await other.goto(`http://localhost:${(server.address() as AddressInfo).port}`)
  // What it sends arrives; what comes back it may not read.
  for (let times = 0; times < 2; times++)
    await other.evaluate((url) => fetch(url).catch(() => {}), tabs.dev.app)
  expect(await tabs.findings(/^The cookie 'session-over-http' was not sent/)).toMatch(
    /A script of http:\/\/localhost:\d+ made the request[^]*credentials: 'include'/,
  )
})

test('a cookie that another application on localhost has overwritten', async () => {
  const tabs = await Tabs.open(shop("new MemoryStore({ secure: 'auto' })"))
  await tabs.visit('/')
  await tabs.ownSession()
  const url = tabs.dev.app.replace(/:\d+$/, '')
  await tabs.context.addCookies([{ name: 'session-over-http', value: 'of-another-program', url }])
  expect(await tabs.visit('/')).toBe('visits: 1')
  expect(await tabs.findings(/^Another application on localhost/)).toMatch(/Cookies know no ports/)
})

test('a session that ended early: it expired, it was revoked, a reload emptied the store', async () => {
  const tabs = await Tabs.open(shop("new MemoryStore({ secure: 'auto' })"))
  await tabs.visit('/')
  expect(await tabs.visit('/')).toBe('visits: 2')
  await tabs.press('Expire')
  expect(await tabs.visit('/')).toBe('visits: 1')
  expect(await tabs.findings(/opens no session: expired-idle/)).toMatch(
    /reached its idle timeout\. Idle timeout: 1800 seconds[^]*You pressed Expire/,
  )
  await tabs.press('Revoke')
  expect(await tabs.visit('/')).toBe('visits: 1')
  expect(await tabs.findings(/opens no session: unknown/)).toMatch(/You pressed Revoke/)
  await tabs.press('Damage')
  expect(await tabs.visit('/')).toBe('visits: 1')
  expect(await tabs.findings(/opens no session: corrupt/)).toMatch(/is no session/)

  const again = tabs.dev.said(/^Application at/)
  tabs.dev.write('app.ts', shop("new MemoryStore({ secure: 'auto' })", '// changed')['app.ts'])
  const [address = ''] = /http:\S+/.exec(await again) ?? []
  await tabs.page.getByRole('status').getByText('Reload 1: app.ts changed').waitFor()
  const app = await tabs.context.newPage()
  await app.goto(address)
  expect(await app.locator('body').innerText()).toBe('visits: 1')
  expect(await tabs.findings(/opens no session: unknown[^]*reload/)).toMatch(
    /The reload emptied the MemoryStore/,
  )
})

test('a session in a cookie is aged, expired and damaged as well, and cannot be revoked', async () => {
  const secret = 'a secret for tests of 32 bytes or more'
  const tabs = await Tabs.open(shop(`new CookieStore({ secret: '${secret}', secure: 'auto' })`))
  await tabs.visit('/')
  expect(await tabs.visit('/')).toBe('visits: 2')
  await tabs.press('Age by 10 min')
  expect(await tabs.visit('/')).toBe('visits: 3')
  const item = await tabs.ownSession()
  await item.getByText(/began 10 min/).waitFor()
  await item.getByRole('button', { name: 'Revoke' }).click()
  await tabs.page.getByText('A CookieStore cannot revoke').waitFor()
  await tabs.press('Damage')
  expect(await tabs.visit('/')).toBe('visits: 1')
  await tabs.findings(/opens no session: tampered/)
  await tabs.press('Expire')
  expect(await tabs.visit('/')).toBe('visits: 1')
  await tabs.findings(/opens no session: expired-idle/)
})

test('a slow handler: the step in which the time passed', async () => {
  const tabs = await Tabs.open(shop('new MemoryStore()'))
  expect(await tabs.visit('/report')).toBe('done')
  expect(await tabs.findings(/^GET \/report is slow/)).toMatch(
    /ms of them passed in the handler report/,
  )
  await tabs.page.locator('#request-list summary').filter({ hasText: '/report' }).click()
  const steps = tabs.page.getByRole('region', { name: 'Steps of GET /report' })
  expect(await steps.getByRole('row').count()).toBe(2)
  expect(await steps.getByRole('row').nth(1).innerText()).toMatch(/^report\s+handler/)
})

test('a slow handler that computes is told from one that waits', async () => {
  const tabs = await Tabs.open(shop('new MemoryStore()'))
  expect(await tabs.visit('/count')).toBe('counted')
  expect(await tabs.findings(/^GET \/count is slow/)).toMatch(
    /passed in the handler count, and the process computed for[^]*answers nobody else/,
  )
})

test('a store that was away: how it failed', async () => {
  const away = `class Away extends MemoryBackend {
    override async read(): Promise<never> {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
  }`
  const tabs = await Tabs.open(shop("new BackendStore(new Away(), { secure: 'auto' })", away))
  const url = tabs.dev.app.replace(/:\d+$/, '')
  const value = 'A'.repeat(43)
  await tabs.context.addCookies([{ name: 'session-over-http', value, url }])
  await tabs.visit('/cart')
  expect(await tabs.findings(/^BackendStore failed in GET \/cart: ECONNREFUSED/)).toMatch(
    /Nothing listens where the store should be[^]*503/,
  )
  await tabs.page.getByText('failed: ECONNREFUSED in load').waitFor()
})

test('a key that is too large: which', async () => {
  const secret = 'a secret for tests of 32 bytes or more'
  const tabs = await Tabs.open(shop(`new CookieStore({ secret: '${secret}', secure: 'auto' })`))
  await tabs.visit('/fill')
  expect(await tabs.findings(/^The session of GET \/fill is too large to store \(413\)/)).toMatch(
    /largest keys: photo: 60\d\d bytes, name: \d+ bytes/,
  )
})

test('the values of a session are shown on a click, and its plan when a route is opened', async () => {
  const tabs = await Tabs.open(shop("new MemoryStore({ secure: 'auto' })"))
  await tabs.visit('/')
  const item = await tabs.ownSession()
  expect(await item.innerText()).not.toContain('visits: 1')
  await item.getByRole('button', { name: 'Show values' }).click()
  await item.getByText('visits: 1').waitFor()
  await tabs.page.locator('#route-list summary').filter({ hasText: 'GET /cart' }).click()
  const picture = tabs.page.getByRole('img', { name: 'What GET /cart is injected with' })
  await picture.waitFor()
  await expect
    .poll(() =>
      picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    )
    .toBeGreaterThan(100)
  expect(await tabs.page.getByLabel('The plan of GET /cart').innerText()).toContain('Session')
})

test('UPDATE_SCREENSHOT=1 updates the picture of docs/dev.md', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-screenshot-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = process.env['UPDATE_SCREENSHOT']
    ? fileURLToPath(new URL('../../docs/images/dev.png', import.meta.url))
    : join(folder, 'dev.png')
  const secret = 'a secret for tests of 32 bytes or more'
  const tabs = await Tabs.open(shop(`new CookieStore({ secret: '${secret}', secure: 'auto' })`))
  await tabs.visit('/')
  await tabs.press('Damage')
  await tabs.visit('/')
  await tabs.findings(/tampered/)
  await tabs.ownSession()
  await tabs.page.locator('#request-list summary').first().click()
  await tabs.page.screenshot({ path })
  const png = readFileSync(path)
  // Width and height stand at byte 16 (PNG specification, section 11.2.1).
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1180, 800])
})

test.each([
  { width: 1180, colorScheme: 'light' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const)('axe finds nothing, and nothing is wider than the window: %j', async (look) => {
  const tabs = await Tabs.open(shop("new MemoryStore({ secure: 'auto' })"), look)
  await tabs.visit('/')
  await tabs.visit('/report')
  await tabs.findings(/is slow/)
  await tabs.ownSession()
  for (const list of ['#request-list', '#route-list'])
    await tabs.page.locator(`${list} summary`).first().click()
  await tabs.page.getByRole('img').waitFor()
  const wide = await tabs.page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)
  expect(wide).toBe(look.width)
  // Past the content security policy of the page, as a tool of the browser.
  const client = await tabs.context.newCDPSession(tabs.page)
  await client.send('Runtime.evaluate', { expression: axe })
  expect(await tabs.page.evaluate(violations)).toEqual([])
})

/** What axe finds, each with the elements. */
async function violations(): Promise<string[]> {
  interface Found {
    readonly id: string
    readonly nodes: readonly { readonly html: string }[]
  }
  const { axe } = globalThis as unknown as {
    axe: { run(): Promise<{ violations: readonly Found[] }> }
  }
  const found = await axe.run()
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
