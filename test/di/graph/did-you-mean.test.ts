import { expect, test } from 'vitest'
import { didYouMean, inject, scoped, singleton, token, value } from '../../../src/di/index.js'
import { refusal } from '../world.js'

test('the nearest name is suggested when it is near enough', () => {
  const names = ['Settings', 'Sessions', 'Redis']
  expect(didYouMean('Setings', names)).toBe(' Did you mean Settings?')
  expect(didYouMean('sesions', names)).toBe(' Did you mean Sessions?')
  expect(didYouMean('redis', names)).toBe(' Did you mean Redis?')
  expect(didYouMean('Mailer', names)).toBe('')
  expect(didYouMean('Db', ['Dc', 'DB'])).toBe(' Did you mean DB?')
  expect(didYouMean('a', ['b'])).toBe('')
  expect(didYouMean('', [])).toBe('')
})

test('a missing class gets the name of a class, of a token or of an input that is near', async () => {
  class Setings {}
  class Settings {}
  class Acounts {}
  const remedy = async (wanted: typeof Setings) => {
    const error = await refusal(
      inject([wanted], () => 1),
      {
        components: [value(Settings, new Settings()), scoped(token('accounts'), [], () => 1)],
        input: token('mailing'),
      },
    )
    return error.errors[0]!.remedy
  }
  const register = (name: string) =>
    `Register it in \`components\`: value(${name}, …), singletonClass(${name}), singleton(${name}, …) or scoped(${name}, …); or decorate the class with tsyringe's @singleton() or @injectable().`
  expect(await remedy(Setings)).toBe(`Did you mean Settings? ${register('Setings')}`)
  expect(await remedy(Acounts)).toBe(`Did you mean accounts? ${register('Acounts')}`)
  expect(await remedy(class Mailing {})).toBe(`Did you mean mailing? ${register('Mailing')}`)
  expect(await remedy(class Unlike {})).toBe(register('Unlike'))
  expect(await remedy({ Settings: class Settings {} }.Settings)).toBe(
    `Something else of the same name is provided: is Settings defined or installed twice? ${register('Settings')}`,
  )
})

test('every kind of mistake is reported at once: missing values first, then rings, then captives', async () => {
  const [A, B, User, Kept] = [token<1>('a'), token<1>('b'), token<1>('user'), token<1>('kept')]
  const Nobody = token<1>('nobody')
  const error = await refusal(
    inject([A, Kept, Nobody], function show() {}),
    {
      name: 'GET /cart',
      components: [
        scoped(A, [B], () => 1),
        scoped(B, [A], () => 1),
        singleton(Kept, [User], () => 1),
        scoped(User, [], () => 1),
      ],
    },
  )
  expect(error.errors.map(({ code, route }) => [code, route])).toEqual([
    ['DI_MISSING', 'GET /cart'],
    ['DI_CYCLE', 'GET /cart'],
    ['DI_CAPTIVE', undefined],
  ])
  expect(error.message).toMatch(/^The application cannot be wired: 3 problems\.\n\n1\. DI_MISSING/)
  expect([error.name, error.code]).toEqual(['DIError', 'DI_ERROR'])
  expect(error).toBeInstanceOf(AggregateError)
})

test('a missing value is reported with the handler, the path to it, and the remedy', async () => {
  const [A, B] = [token<string>('a'), token<string>('b')]
  const error = await refusal(
    inject([A], function show() {}),
    { name: 'GET /cart', components: [scoped(A, [B], (b) => b)] },
  )
  expect(error.message).toBe(
    `The application cannot be wired: 1 problem.

1. DI_MISSING (GET /cart): nothing provides token('b'), parameter 0 of scoped(token('a')).
     show
     └─ token('a')
        └─ token('b')
   Register it in \`components\`: value(b, …), singleton(b, …) or scoped(b, …), where b is the constant that is asked for: each token('b') is another.`,
  )
})

test('the class of a handler’s method is missed like any other', async () => {
  class Carts {
    show(): string {
      return ''
    }
  }
  const error = await refusal([Carts, 'show'])
  expect(error.message).toBe(
    `The application cannot be wired: 1 problem.

1. DI_MISSING (GET /): nothing provides Carts, the class of Carts.show.
     Carts.show
     └─ Carts
   Register it in \`components\`: value(Carts, …), singletonClass(Carts), singleton(Carts, …) or scoped(Carts, …); or decorate the class with tsyringe's @singleton() or @injectable().`,
  )
})
