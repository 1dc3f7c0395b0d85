import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createShop } from './app.js'
import { Settings } from './settings.js'

const picture = new URL('../../docs/images/graph.svg', import.meta.url)

test('the README shows the graph of the shop: UPDATE_GRAPH=1 draws it again', () => {
  const drawn = `${createShop(new Settings({})).graph({ format: 'svg' })}\n`
  if (process.env['UPDATE_GRAPH']) writeFileSync(picture, drawn)
  expect(readFileSync(picture, 'utf8')).toBe(drawn)
})
