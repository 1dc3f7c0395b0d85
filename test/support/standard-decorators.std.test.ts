import { expect, test } from 'vitest'

test('a .std.test.ts file is compiled with the decorators of the language', () => {
  const contexts: object[] = []
  function note(_method: unknown, context: ClassMethodDecoratorContext) {
    contexts.push({ kind: context.kind, name: context.name })
  }
  class Greeter {
    @note greet(): string {
      return 'hello'
    }
  }
  expect(new Greeter().greet()).toBe('hello')
  expect(contexts).toEqual([{ kind: 'method', name: 'greet' }])
})
