import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { shop as both } from './both.js'
import { shop as plain } from './plain.js'
import { shop } from './shop.js'

type Ask = (path: string, method?: string) => Promise<unknown>

/** Serves a shop, and asks as a browser that has these cookies, follows redirects and keeps what comes. */
async function visit(served: Express, cookies = new Map<string, string>()): Promise<Ask> {
  const server: Server = served.listen(0)
  await once(server, 'listening')
  onTestFinished(() => server.close().closeAllConnections())
  const ask: Ask = async (path, method = 'GET') => {
    const url = `http://localhost:${(server.address() as AddressInfo).port}${path}`
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(url, { method, headers: { cookie }, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]!.split('=')
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    return next ? ask(next) : response.json()
  }
  return ask
}

test.each([
  ['with express-session', plain],
  ['with Ingot', shop],
])('the shop %s keeps a cart for each visitor', async (_, served) => {
  const [ada, bob] = [await visit(served), await visit(served)]
  expect(await ada('/cart/tea', 'POST')).toEqual(['tea'])
  expect(await ada('/cart/cups', 'POST')).toEqual(['tea', 'cups'])
  expect(await bob('/cart')).toEqual([])
})

test('ten lines of the shop are not those of the shop with express-session', () => {
  const [before, after] = ['plain', 'shop'].map((name) =>
    readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8').split('\n'),
  ) as [string[], string[]]
  const kept = keptOf(before, after)
  expect(after.length - kept).toBe(10)
  expect(before.length - kept).toBeLessThanOrEqual(10)
})

test('both stand side by side: what was in the cart before comes along, and other handlers keep their session', async () => {
  const cookies = new Map<string, string>()
  const before = await visit(plain, cookies)
  expect(await before('/cart/tea', 'POST')).toEqual(['tea'])
  const now = await visit(both, cookies)
  expect(await now('/name/ada', 'POST')).toBe('Hello, ada!')
  expect(await now('/cart/cups', 'POST')).toEqual(['tea', 'cups'])
  expect(await now('/cart/pot', 'POST')).toEqual(['tea', 'cups', 'pot'])
  expect(await now('/name')).toBe('ada')
  expect([...cookies.keys()]).toEqual(['connect.sid', expect.stringContaining('session')])
})

/** How many lines two texts have in common, in their order. */
function keptOf(before: readonly string[], after: readonly string[]): number {
  let above = Array.from({ length: after.length + 1 }, () => 0)
  for (const line of before) {
    const row = [0]
    for (const [index, other] of after.entries()) {
      row.push(line === other ? above[index]! + 1 : Math.max(above[index + 1]!, row[index]!))
    }
    above = row
  }
  return above.at(-1)!
}
