import type { TestClient } from 'ingot/testing'
import { describe, expect, test } from 'vitest'
import { cookieOf, form, shopOpener } from './open-shop.js'

const openShop = shopOpener()

/** The message on the page. */
async function noticeOf(client: TestClient): Promise<string | undefined> {
  const page = await (await client.get('/')).text()
  return /<p class="notice" role="status">(.*?)<\/p>/.exec(page)?.[1]
}

describe.each(['cookie', 'memory', 'redis'])('with SESSION_STORE=%s', (store) => {
  test.each([
    ['/login', { username: 'Ada' }, 'Welcome, Ada'],
    ['/login', { username: '<b>' }, 'Welcome, &lt;b&gt;'],
    ['/cart/tea', { quantity: '2' }, 'Added 2 × Green tea'],
    ['/cart/tea', { action: 'remove' }, 'Removed Green tea'],
  ])('POST %s of %j is told on the next page, once', async (path, fields, notice) => {
    const client = (await openShop(store))()
    await client.post('/api/cart/tea?quantity=1')
    await client.post(path, form(fields))
    expect(await noticeOf(client)).toBe(notice)
    expect(await noticeOf(client)).toBeUndefined()
  })

  test('a logout is shown once, and then nothing is left in the browser', async () => {
    const client = (await openShop(store))()
    await client.post('/login', form({ username: 'Ada' }))
    const before = cookieOf(client)
    await client.post('/logout', form({}))
    expect(cookieOf(client)?.value).not.toBe(before?.value)
    expect(await client.json('/api/me')).toEqual({ username: null })
    expect(await noticeOf(client)).toBe('You are logged out')
    expect(cookieOf(client)).toBeUndefined()
    expect(await noticeOf(client)).toBeUndefined()
  })

  test('a message stays until a page shows it', async () => {
    const client = (await openShop(store))()
    await client.post('/cart/tea', form({ quantity: '2' }))
    await client.json('/api/cart')
    expect(await noticeOf(client)).toBe('Added 2 × Green tea')
  })

  test('no message is shown after a mistake, or for what a program did', async () => {
    const client = (await openShop(store))()
    await client.post('/login', form({ username: '' }))
    expect(await noticeOf(client)).toBeUndefined()
    await client.post('/api/login', { username: 'Ada' })
    await client.post('/api/cart/tea?quantity=1')
    await client.post('/cart/teapot', form({ quantity: '1' }))
    expect(await noticeOf(client)).toBeUndefined()
  })

  test('a visitor who asks to be remembered keeps the cookie for 30 days, others until the browser closes', async () => {
    const client = (await openShop(store))()
    const days = async (fields: Record<string, string>) => {
      const response = await client.post('/login', form({ username: 'Ada', ...fields }))
      const seconds = /Max-Age=(\d+)/.exec(response.headers.get('set-cookie') ?? '')?.[1]
      return seconds && Number(seconds) / 86_400
    }
    expect(await days({})).toBeUndefined()
    expect(await days({ remember: 'on' })).toBeCloseTo(30, 3)
    expect(await days({})).toBeUndefined()
  })
})
