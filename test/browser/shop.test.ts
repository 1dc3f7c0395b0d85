import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createShop } from '../../examples/shop/app.js'
import { Settings } from '../../examples/shop/settings.js'
import { launchChromium } from '../support/chromium.js'
import { startRedis, type RedisServer } from '../support/redis-server.js'

let browser: Browser
let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await redis?.stop()
})

/** Opens the shop in a browser of its own, with an empty cookie store and without JavaScript. */
async function visit(store: string, options: { readonly width?: number } = {}): Promise<Page> {
  const env = {
    SESSION_STORE: store,
    REDIS_URL: redis.url,
    SESSION_SECRET: 'a secret for tests of 32 bytes or more',
  }
  const shop = createShop(new Settings(env))
  const server = await shop.listen(0)
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: options.width ?? 1180, height: 640 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  })
  const complaints: string[] = []
  onTestFinished(async () => {
    await context.close()
    await shop.close()
    // The console is where a page hears that it broke its own content security policy.
    expect(complaints.filter((text) => /security policy/i.test(text))).toEqual([])
  })
  const page = await context.newPage()
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(`http://localhost:${server.port}/`)
  return page
}

async function logIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Log out' }).waitFor()
}

async function add(page: Page, product: string, quantity: number): Promise<void> {
  await page.getByLabel(`Quantity of ${product}`).fill(String(quantity))
  await page.getByRole('button', { name: `Add ${product} to the cart` }).click()
}

const cartOf = (page: Page) => page.getByRole('region', { name: /^Your cart/ })

test.each(['cookie', 'redis'])(
  'a visitor logs in, fills the cart, reloads and logs out (SESSION_STORE=%s)',
  async (store) => {
    const page = await visit(store)
    const cookies = () => page.context().cookies()
    expect(await cookies()).toEqual([])
    expect(await cartOf(page).innerText()).toContain('Nothing in it yet.')

    await add(page, 'Green tea', 2)
    const [stranger] = await cookies()
    await logIn(page, 'Ada')
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Welcome, Ada')

    const [cookie, ...others] = await cookies()
    expect(others).toEqual([])
    expect(cookie).toMatchObject({
      name: '__Host-session',
      domain: 'localhost',
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    })
    expect(cookie?.value).not.toBe(stranger?.value)

    await add(page, 'Foundry mug', 1)
    await page.reload()
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Welcome, Ada')
    const lines = await cartOf(page).getByRole('listitem').allInnerTexts()
    expect(lines.map((line) => line.split('\n')[0])).toEqual(['Green tea', 'Foundry mug'])
    expect(await cartOf(page).innerText()).toContain('€37.50')

    await page.getByRole('button', { name: 'Remove Green tea from the cart' }).click()
    expect(await cartOf(page).innerText()).toContain('1 item')

    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('button', { name: 'Log in' }).waitFor()
    expect(await cookies()).toEqual([])
    expect(await cartOf(page).innerText()).toContain('Nothing in it yet.')
  },
)

test('a form that says something wrong is answered on the page', async () => {
  const page = await visit('cookie')
  // What the browser checks by itself is taken away, as any visitor can.
  await page.route('**/cart/tea', (route) => route.continue({ postData: 'quantity=1000' }))
  await add(page, 'Green tea', 1)
  expect(await page.getByRole('alert').innerText()).toBe(
    'The quantity must be a whole number from 1 to 99.',
  )
  expect(await page.context().cookies()).toEqual([])
})

test('a name full of markup is text', async () => {
  const page = await visit('cookie')
  await logIn(page, '<img src=x>"&amp;')
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
    'Welcome, <img src=x>"&amp;',
  )
  expect(await page.locator('img').count()).toBe(0)
})

test('everything can be reached by keyboard, and nothing is wider than a small phone', async () => {
  const page = await visit('cookie', { width: 320 })
  const reached: string[] = []
  for (let step = 0; step < 9; step++) {
    await page.keyboard.press('Tab')
    reached.push((await page.locator(':focus').getAttribute('id')) ?? 'button')
  }
  expect(reached).toEqual([
    'skip',
    'username',
    'button',
    'quantity-tea',
    'button',
    'quantity-coffee',
    'button',
    'quantity-mug',
    'button',
  ])
  const { width } = (await page.locator('main').boundingBox())!
  expect(width).toBeLessThanOrEqual(320)
})

test('UPDATE_SCREENSHOT=1 renews the picture that the README shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-screenshot-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = process.env['UPDATE_SCREENSHOT']
    ? fileURLToPath(new URL('../../docs/images/shop.png', import.meta.url))
    : join(folder, 'shop.png')
  const page = await visit('cookie')
  await logIn(page, 'Ada')
  await add(page, 'Green tea', 2)
  await add(page, 'Foundry mug', 1)
  await page.screenshot({ path })
  const png = await readFile(path)
  // Width and height stand at byte 16 (PNG specification, section 11.2.1).
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2360, 1280])
})
