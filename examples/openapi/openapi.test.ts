import { readFileSync } from 'node:fs'
import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { app } from './app.js'

test('the document is served at its path, and is the one that the page shows a part of', async () => {
  interface Document {
    readonly paths: Readonly<Record<string, { readonly get: unknown }>>
  }
  const { paths } = await testClient(app).json<Document>('/openapi.json')
  const page = readFileSync(new URL('product.json', import.meta.url), 'utf8')
  expect(paths['/products/{sku}']!.get).toEqual(JSON.parse(page))
})
