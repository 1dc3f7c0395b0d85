import { expect, test, vi } from 'vitest'
import { App, route } from '../../src/index.js'
import type { DIError } from '../../src/index.js'
import { Hen } from './fixtures/hen.js'
import { withoutSites } from './world.js'

// Forgets the class.
vi.mock('./fixtures/hen.js', () => ({ other: 1 }))

function show(hen: Hen): unknown {
  return hen
}

test('a class that a mocked module does not export is told with what the access threw [C16]', async () => {
  const app = new App({ routes: [route.get('/', show)] })
  const error = (await app.ready().catch((thrown: unknown) => thrown)) as DIError
  expect(withoutSites(error.message)).toBe(`The application cannot be wired: 1 problem.

1. DI_ERASED (GET /): parameter \`hen: Hen\` of show cannot be injected: its module threw when \`Hen\` was read from it.
     show
     └─ hen: Hen
   Look at this error's \`cause\`. A module that is mocked has to export Hen, too.`)
  const cause = error.cause as Error
  expect(cause.message).toContain('No "Hen" export is defined on the "./fixtures/hen.js" mock')
  expect(error.errors[0]!.cause).toBe(cause)
})
