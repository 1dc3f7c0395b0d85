import { expect, test } from 'vitest'
import { singletonClass, inject, value, type Injectable } from '../../../src/di/index.js'
import type * as Decorated from '../fixtures/decorated.js'
import { refusal, World } from '../world.js'

/** What `@Inject(…)` does under either kind of decorators. */
export function injectSuite({
  Account,
  Carts,
  Clock,
  computed,
  MoreCarts,
  User,
}: typeof Decorated): void {
  const run = async (target: Injectable) => {
    const components = [value(User, 'kim'), value(Clock, new Clock())]
    const world = await World.of(target, { components })
    return world.run()
  }

  test('injects a method, and leaves it callable with plain values', async () => {
    expect(await run([new Carts(), 'show'])).toBe('carts of kim at 12')
    expect(new Carts().show(new Clock(), 'eve')).toBe('carts of eve at 12')
  })

  test('injects asynchronous, static and symbol-named methods', async () => {
    expect(await run([new Carts(), 'later'])).toBe('later kim')
    expect(await run([Carts, 'create'])).toBe('created by kim')
    expect(await run([new Carts(), computed])).toBe('computed for kim')
  })

  test('injects a method that takes fewer parameters than it has tokens', async () => {
    expect(await run([new Carts(), 'fewer'])).toBe('only kim')
  })

  test('injects inherited methods, and overridden ones that are decorated again', async () => {
    expect(await run([new MoreCarts(), 'show'])).toBe('carts of kim at 12')
    expect(await run([new MoreCarts(), 'later'])).toBe('more than later kim')
  })

  test('injects the constructor of a class', async () => {
    expect(await run(inject([Account], ({ text }) => text))).toBe('kim at 12')
    const error = await refusal(
      inject([Account], () => 1),
      { components: [singletonClass(Account), value(Clock, new Clock())] },
    )
    expect(error.errors.map(({ path }) => path)).toEqual([
      ['an anonymous function', 'Account', `token('user')`],
    ])
  })

  test('refuses a method that overrides a decorated one and is not decorated', async () => {
    class Silent extends Carts {
      override show(clock: InstanceType<typeof Clock>, user: string): string {
        return super.show(clock, user)
      }
    }
    const error = await refusal([new Silent(), 'show'])
    expect(error.errors.map(({ code, path }) => [code, path.at(-1)])).toEqual([
      ['DI_NO_METADATA', 'parameter 0'],
      ['DI_NO_METADATA', 'parameter 1'],
    ])
  })
}
