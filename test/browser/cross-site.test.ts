import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createShop } from '../../examples/shop/app.js'
import { Settings } from '../../examples/shop/settings.js'
import { launchChromium } from '../support/chromium.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

async function openShop(): Promise<number> {
  const shop = createShop(new Settings({ SESSION_STORE: 'memory' }))
  onTestFinished(() => shop.close())
  return (await shop.listen(0)).port
}

/** Serves a page of somebody else, with a form that logs its visitor in to the shop. */
async function openTrap(shop: number): Promise<number> {
  const page = `<!doctype html>
    <form method="post" action="http://localhost:${shop}/login">
      <input type="hidden" name="username" value="mallory" />
      <button>Win a prize</button>
    </form>`
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(page)
  }).listen(0)
  onTestFinished(() => server.close().closeAllConnections())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test.each([
  ['another site', '127.0.0.1'],
  ['another port of the same host', 'localhost'],
])('a form on a page of %s logs nobody in [FX-11]', async (_, host) => {
  const shop = await openShop()
  const trap = await openTrap(shop)
  const context = await browser.newContext({ javaScriptEnabled: false })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`http://${host}:${trap}/`)
  const [response] = await Promise.all([
    page.waitForResponse(`http://localhost:${shop}/login`),
    page.getByRole('button').click(),
  ])
  expect(response.status()).toBe(403)
  expect(await context.cookies()).toEqual([])

  await page.goto(`http://localhost:${shop}/`)
  await page.getByLabel('Your name').fill('Ada')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Log out' }).waitFor()
  expect(await context.cookies()).toHaveLength(1)
})
