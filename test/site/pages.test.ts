import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { pages, serveSite } from './serve-site.js'

const axe = readFileSync('docs/node_modules/axe-core/axe.min.js', 'utf8')

let browser: Browser
let context: BrowserContext
let origin: string
let stop: () => void

beforeAll(async () => {
  ;({ origin, stop } = await serveSite())
  browser = await launchChromium()
  context = await browser.newContext({ colorScheme: 'light', reducedMotion: 'reduce' })
})
afterAll(async () => {
  await browser?.close()
  stop?.()
})

test.each(pages)('axe finds nothing on %s, and nobody else is asked for anything', async (path) => {
  const page = await context.newPage()
  onTestFinished(() => page.close())
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${origin}/${path}`)
  await page.waitForLoadState('networkidle')
  await page.addScriptTag({ content: axe })
  expect(await violations(page, [])).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('html.dark').waitFor()
  // Nothing but the colours is another in the dark.
  expect(await violations(page, ['color-contrast'])).toEqual([])
  expect(asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'))).toEqual(
    [],
  )
})

test('without scripts a page has its text, its pictures and the way to all others', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${origin}/sessions.html`)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^Sessions/)
  await page.getByRole('navigation').getByRole('link', { name: 'Stores', exact: true }).click()
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^Stores/)
})

test('the search finds a page by its words', async () => {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(`${origin}/`)
  await page.getByRole('button', { name: /search/i }).click()
  await page.getByRole('searchbox').fill('regenerateGrace')
  await page.getByRole('option').first().waitFor()
  expect(await page.getByRole('option').allInnerTexts()).toContainEqual(
    expect.stringMatching(/Login and logout/),
  )
})

/** What the rules of axe find, all of them when none is named: each with the elements. */
function violations(page: Page, rules: readonly string[]): Promise<string[]> {
  return page.evaluate(async (names) => {
    interface Found {
      readonly id: string
      readonly nodes: readonly { readonly target: readonly string[]; readonly html: string }[]
    }
    const { axe: checker } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: readonly Found[] }> }
    }
    const result = await checker.run(names.length > 0 ? { runOnly: names } : {})
    return result.violations.flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map(({ target, html }) => `${id}: ${target.join(' ')} ${html.slice(0, 150)}`),
    )
  }, rules)
}
