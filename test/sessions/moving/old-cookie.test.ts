import { expect, test } from 'vitest'
import { forgetting } from '../../../src/sessions/moving/systems/old-cookie.js'

test('an old cookie is forgotten under the path and domain that it had', () => {
  const lines = (options: Parameters<typeof forgetting>[1]) =>
    forgetting(['sid'], options).map(String)
  expect(lines({ path: '/app', domain: 'shop.test' })).toEqual([
    expect.stringMatching(/^sid=; .*Path=\/app/),
  ])
  expect(lines({ path: '/app', domain: 'shop.test' })[0]).toContain('Domain=shop.test')
  expect(lines({})[0]).not.toContain('Domain')
})
