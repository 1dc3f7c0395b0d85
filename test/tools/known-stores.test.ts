import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { KNOWN_STORES } from '../../scripts/stores/known-stores.js'
import { tryStores } from '../../scripts/stores/try-stores.js'

test('the stores of the table in docs/stores.md do what it says, in their newest versions [C22]', async () => {
  const runs = await tryStores()
  const page = readFileSync('docs/stores.md', 'utf8')
  expect(runs.map(({ store }) => store)).toEqual(KNOWN_STORES)
  for (const { store, passed, total, failures } of runs) {
    expect({ code: store.code, failures }).toEqual({ code: store.code, failures: [] })
    expect(page).toContain(`| \`${store.code}\` | ${passed} of ${total} |`)
  }
})
