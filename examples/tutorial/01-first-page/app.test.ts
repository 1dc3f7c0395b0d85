import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'

test('the first page is HTML', async () => {
  const response = await testClient(createShop()).get('/')
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await response.text()).toContain('<h1>Small comforts</h1>')
})
