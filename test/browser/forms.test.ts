import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { App, Exchange, Reply, route } from '../../src/http/index.js'
import type { Sample } from '../http/forms/clients.js'
import { recordings } from '../http/forms/recordings.js'
import { launchChromium } from '../support/chromium.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

const NAME = 'ü "q" \\ ;.txt'

const PAGE = `<!doctype html><meta charset="utf-8">
  <form method="post" enctype="multipart/form-data">
    <input name='näme "q"&#10;\\' value="größe" />
    <textarea name="area">eins\nzwei</textarea>
    <input type="checkbox" name="c" checked />
    <input type="checkbox" name="not" />
    <select name="s" multiple><option selected>1</option><option selected>2</option></select>
    <input type="file" name="file" multiple />
    <input type="file" name="none" />
    <button name="b" value="go">Go</button>
  </form>`

/** A page with a form; the result has what Chromium sent, as bytes and as it was read. */
async function openPage() {
  const sent: Sample[] = []
  const app = new App({
    routes: [
      route.get('/', [Reply], (reply) => {
        reply.headers.set('content-type', 'text/html')
        return PAGE
      }),
      route.post('/', [Exchange], async (exchange) => {
        const type = exchange.header('content-type')!
        const body = Buffer.from(await exchange.bytes())
        const entries = [...(await exchange.form())!].map(async ([name, value]) => {
          if (typeof value === 'string') return [name, value] as const
          return [name, [value.name, value.type, await value.text()]] as const
        })
        sent.push({ type, body, entries: await Promise.all(entries) })
        return 'received'
      }),
    ],
  })
  onTestFinished(() => app.close())
  const { port } = await app.listen(0)
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(`http://localhost:${port}/`)
  return { page, sent }
}

/** The bytes with a boundary that is always the same: each form has one of its own. */
function withoutBoundary({ type, body }: Sample): string {
  const boundary = type.split('boundary=')[1]!
  return `${type}\n${body.toString('latin1')}`.replaceAll(boundary, 'BOUNDARY')
}

test('a form that Chromium sends is the recorded one, byte by byte, and is read [B7]', async () => {
  const { page, sent } = await openPage()
  await page.setInputFiles('input[name=file]', [
    { name: NAME, mimeType: 'text/plain', buffer: Buffer.from('line\r\n--x\n\0') },
    { name: '東京.png', mimeType: 'image/png', buffer: Buffer.from('\r\n') },
  ])
  await page.getByRole('button', { name: 'Go' }).click()
  await page.getByText('received').waitFor()
  const recorded = recordings['Chromium 156, a form']!
  expect(sent.map(({ entries }) => entries)).toEqual([recorded.entries])
  expect(withoutBoundary(sent[0]!)).toBe(withoutBoundary(recorded))
})

test('a FormData that Chromium fetches with is the recorded one, byte by byte, and is read [B7]', async () => {
  const { page, sent } = await openPage()
  await page.evaluate(async (name) => {
    const form = new FormData()
    form.append('näme "q"\n', 'größe\nzwei')
    form.append('file', new File(['x\n'], name, { type: 'text/plain' }))
    form.append('blob', new Blob(['b']))
    form.append('half', '\ud800')
    await fetch('/', { method: 'POST', body: form })
  }, NAME)
  const recorded = recordings['Chromium 156, fetch']!
  expect(sent.map(({ entries }) => entries)).toEqual([recorded.entries])
  expect(withoutBoundary(sent[0]!)).toBe(withoutBoundary(recorded))
})
