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

/** Opens a shop; the result is its address. */
async function openShop(store: string): Promise<string> {
  const env = {
    SESSION_STORE: store,
    REDIS_URL: redis.url,
    SESSION_SECRET: 'a secret for tests of 32 bytes or more',
  }
  const shop = createShop(new Settings(env))
  const server = await shop.listen(0)
  onTestFinished(() => shop.close())
  return `http://localhost:${server.port}/`
}

interface Visitor {
  readonly width?: number
  readonly userAgent?: string
}

/** Opens a page in a browser of its own, with an empty cookie store and without JavaScript. */
async function browse(address: string, { width = 1180, ...options }: Visitor = {}): Promise<Page> {
  const context = await browser.newContext({
    ...options,
    javaScriptEnabled: false,
    viewport: { width, height: 640 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  })
  const complaints: string[] = []
  onTestFinished(async () => {
    await context.close()
    // The console shows violations of the page's content security policy.
    expect(complaints.filter((text) => /security policy/i.test(text))).toEqual([])
  })
  const page = await context.newPage()
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(address)
  return page
}

async function visit(store: string, visitor?: Visitor): Promise<Page> {
  return browse(await openShop(store), visitor)
}

async function logIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Log out' }).waitFor()
}

async function add(page: Page, product: string, quantity: number): Promise<void> {
  await page.getByLabel(`Quantity of ${product}`).fill(String(quantity))
  await page.getByRole('button', { name: `Add ${product} to the cart` }).click()
  // A click does not wait for the next page: the following line would still see the old one.
  const added = page.getByRole('status').getByText(`Added ${quantity} × ${product}`)
  await added.or(page.getByRole('alert')).waitFor()
  await page.waitForLoadState()
}

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

/** The part of the page with the name of the user. */
const nameOn = (page: Page) => page.getByRole('banner').locator('.name').innerText()

/** The message that the page shows once. */
const noticesOn = (page: Page) => page.getByRole('status').allInnerTexts()

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
    expect(await nameOn(page)).toBe('Ada')

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
    expect(await nameOn(page)).toBe('Ada')
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

test.each(['cookie', 'redis'])(
  'what was done is told on the next page, and only there (SESSION_STORE=%s)',
  async (store) => {
    const page = await visit(store)
    expect(await noticesOn(page)).toEqual([])
    await logIn(page, 'Ada')
    expect(await noticesOn(page)).toEqual(['Welcome, Ada'])
    await add(page, 'Green tea', 2)
    expect(await noticesOn(page)).toEqual(['Added 2 × Green tea'])
    await page.reload()
    expect(await noticesOn(page)).toEqual([])
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('button', { name: 'Log in' }).waitFor()
    expect(await noticesOn(page)).toEqual(['You are logged out'])
    await page.reload()
    expect(await noticesOn(page)).toEqual([])
  },
)

test.each(['memory', 'redis'])(
  'a user sees her two browsers, and ends the session of one from the other (SESSION_STORE=%s)',
  async (store) => {
    const address = await openShop(store)
    const laptop = await browse(address)
    const phone = await browse(address, { width: 390, userAgent: PHONE })
    for (const page of [laptop, phone]) await logIn(page, 'Ada')

    await laptop.getByRole('link', { name: 'Your sessions' }).click()
    const lines = laptop.getByRole('main').getByRole('listitem')
    const own = lines.filter({ hasText: 'Chrome on Linux' })
    expect(await lines.count()).toBe(2)
    expect(await own.innerText()).toContain('This one')
    await laptop.getByRole('button', { name: 'End Safari on iPhone' }).click()
    await laptop.getByText('Ended the session').waitFor()
    expect(await lines.count()).toBe(1)

    await phone.reload()
    await phone.getByRole('button', { name: 'Log in' }).waitFor()
    expect(await nameOn(laptop)).toBe('Ada')

    await laptop.getByRole('button', { name: 'End all, also this one' }).click()
    await laptop.getByRole('button', { name: 'Log in' }).waitFor()
    expect(await noticesOn(laptop)).toEqual(['You are logged out everywhere'])
    expect(await laptop.context().cookies()).toEqual([])
  },
)

test('a visitor who asks to be remembered has a cookie for 30 days', async () => {
  const page = await visit('cookie')
  await page.getByLabel('Remember me').check()
  await logIn(page, 'Ada')
  const [cookie] = await page.context().cookies()
  const days = (cookie!.expires - Date.now() / 1000) / 86_400
  expect(days).toBeGreaterThan(29.9)
  expect(days).toBeLessThan(30.1)
})

test('a form with a mistake is explained on the page', async () => {
  const page = await visit('cookie')
  // Removes the browser's own checks, as any visitor can.
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
  expect(await nameOn(page)).toBe('<img src=x>"&amp;')
  expect(await noticesOn(page)).toEqual(['Welcome, <img src=x>"&amp;'])
  expect(await page.locator('img').count()).toBe(0)
})

test('everything can be reached by keyboard, and nothing is wider than a small phone', async () => {
  const page = await visit('cookie', { width: 320 })
  const reached: string[] = []
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press('Tab')
    reached.push(
      await page.locator(':focus').evaluate((focused) => focused.id || focused.localName),
    )
  }
  expect(reached).toEqual([
    'skip',
    'a',
    'a',
    'username',
    'remember',
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

test('a small phone has the way to the cart and its count at the top [D12]', async () => {
  const page = await visit('cookie', { width: 360 })
  const link = page.getByRole('banner').getByRole('link', { name: /^Cart/ })
  expect(await link.innerText()).toBe('Cart 0')
  await add(page, 'Green tea', 2)
  await add(page, 'Foundry mug', 1)
  expect(await link.innerText()).toBe('Cart 3')
  const { y, height } = (await link.boundingBox())!
  expect(y + height).toBeLessThan(640)
  await link.click()
  const top = (await cartOf(page).boundingBox())!.y
  expect(top).toBeGreaterThanOrEqual(0)
  expect(top).toBeLessThan(640)
  const wide = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth)
  expect(wide).toBe(360)
})

test('a wide page shows the cart itself, and no way to it [D12]', async () => {
  const page = await visit('cookie')
  expect(await page.getByRole('link', { name: /^Cart/ }).count()).toBe(0)
  await expect.poll(() => cartOf(page).isVisible()).toBe(true)
})

test('a refused form leaves no address that cannot be opened [D12]', async () => {
  const page = await visit('cookie')
  await page.route('**/cart/tea', (route) => route.continue({ postData: 'quantity=1000' }))
  await add(page, 'Green tea', 1)
  await page.getByRole('alert').waitFor()
  await page.unroute('**/cart/tea')
  const refused = page.url()
  expect(new URL(refused).pathname).toBe('/cart/tea')
  await page.goto(refused)
  expect(new URL(page.url()).pathname).toBe('/')
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('a page that is not there is a page of the shop, and the tab has its picture [D12]', async () => {
  const page = await visit('cookie')
  const icon = page.locator('link[rel=icon]')
  const address = new URL((await icon.getAttribute('href'))!, page.url()).href
  const picture = await page.request.get(address)
  expect([picture.status(), picture.headers()['content-type']]).toEqual([200, 'image/svg+xml'])
  const response = await page.goto(new URL('/nowhere', page.url()).href)
  expect(response!.status()).toBe(404)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('There is no such page')
  await page.getByRole('link', { name: 'To the shop' }).click()
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Small comforts')
})

test('UPDATE_SCREENSHOT=1 updates the picture of the README', async () => {
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
