import { describe, expect, test } from 'vitest'
import { App, DIError, value } from '../../src/index.js'
import type * as Decorated from './fixtures/pages.js'
import { World } from './world.js'

/** What controllers and their routes do under either kind of decorators. */
export function decoratorsSuite(pages: typeof Decorated): void {
  const { Clock, Crud, Fruits, FurtherPages, misplaced, MorePages, Pages, User } = pages
  const components = [value(User, 'kim'), value(Clock, new Clock())]

  const ask = async (path: string, method = 'GET') => {
    const app = new App({ components, routes: [Pages, MorePages, FurtherPages, Fruits] })
    return app.fetch(new Request(`http://localhost${path}`, { method }))
  }
  const text = async (path: string) => (await ask(path)).text()

  describe('a controller', () => {
    test('answers by methods with and without parameters', async () => {
      expect(await text('/base/plain')).toBe('plain')
      expect(await (await ask('/base/nothing', 'POST')).text()).toBe('nothing')
    })

    test('takes the decorators of a method in any order, several routes included', async () => {
      expect(await text('/base/inject-first')).toBe('base of kim')
      expect(await text('/base/inject-last')).toBe('base of kim')
      for (const [path, method] of [
        ['/base/one/6?q=tea', 'GET'],
        ['/base/two/6?q=tea', 'GET'],
        ['/base/two/6?q=tea', 'PUT'],
      ] as const) {
        const response = await ask(path, method)
        expect([response.status, await response.text()]).toEqual([201, '7 tea'])
      }
      expect((await ask('/base/one/6?q=tea', 'PUT')).status).toBe(405)
    })

    test('may have injected static methods beside its routes', async () => {
      const world = await World.of([Pages, 'create'], { components })
      expect(world.run()).toBe('made in 2026')
    })
  })

  describe('a controller that extends another', () => {
    test('has its routes under its own prefix, and a constructor of its own', async () => {
      expect(await text('/derived/plain')).toBe('plain')
      expect(await text('/derived/inject-last')).toBe('derived, for kim in 2026, of kim')
    })

    test('replaces routes whose methods it overrides with a route', async () => {
      expect(await text('/derived/replaced')).toBe('derived for kim')
      expect(await text('/base/replaced')).toBe('base')
      expect(await text('/derived/moved-here')).toBe('moved, was base')
      expect((await ask('/derived/moved')).status).toBe(404)
    })

    test('drops routes whose methods it overrides without one', async () => {
      expect((await ask('/derived/silenced')).status).toBe(404)
      expect(await text('/base/silenced')).toBe('base')
    })

    test('is built as its base is, when it has no constructor', async () => {
      expect(await text('/further/inject-first')).toBe('derived, for kim in 2026, of kim')
    })

    test('may extend a class that is none', async () => {
      expect(await text('/fruits?from=1')).toBe('pear,plum')
      const error: unknown = await new App({ routes: [Crud] })
        .ready()
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(DIError)
      expect((error as DIError).errors.map(({ problem }) => problem)).toEqual([
        'Crud is in `routes`, but is neither a controller nor a route.',
      ])
    })
  })

  describe('a decorator on what is no method', () => {
    test.each([
      ['a field', misplaced.injectedField],
      ['a getter', misplaced.injectedGetter],
    ])('@Inject refuses %s', (_name, define) => {
      expect(define).toThrow(
        new TypeError(
          '@Inject() decorates methods, classes and parameters, not fields or accessors',
        ),
      )
    })

    test.each([
      ['a field', misplaced.routedField],
      ['a getter', misplaced.routedGetter],
      ['a static method', misplaced.routedStatic],
    ])('@Get refuses %s', (_name, define) => {
      expect(define).toThrow(
        // TC39 decorators are not told the class.
        /^@Get\('\/x'\) on (?:Page\.)?show: a route is a method, `show\(\) \{ … \}`, and not static, private, a field or an accessor\.$/,
      )
    })
  })
}
