import { describe, expect, test } from 'vitest'
import type { App } from '../../src/index.js'
import { MISTAKES } from './mistakes.js'
import { refusalOf, withoutSites } from './world.js'

/** What `ready()` says of a program with a mistake. */
async function whatIsSaid(app: App): Promise<string> {
  return withoutSites((await refusalOf(app.ready())).message)
}

describe('what a mistake of a function says', () => {
  test('a body that is read twice', async () => {
    expect(await whatIsSaid(MISTAKES['a body that is read twice']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_BODY_TWICE (POST /): the body of a request can be read once, but Body() and FormData each read it.
           send
           └─ Body(), FormData
         Ask for the body once, with one schema, and take the parts from it."
    `)
  })

  test('a parameter that the path has not', async () => {
    expect(await whatIsSaid(MISTAKES['a parameter that the path has not']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_UNKNOWN_PARAMETER (GET /users/:id): unknown route parameter: the path /users/:id has no \`ids\`.
           show
           └─ Param('ids')
         Did you mean id? The path has id."
    `)
  })

  test('a parameter of a path without any', async () => {
    expect(await whatIsSaid(MISTAKES['a parameter of a path without any']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_UNKNOWN_PARAMETER (GET /users): unknown route parameter: the path /users has no \`id\`.
           show
           └─ Param('id')
         Write it into the path: /users/:id."
    `)
  })

  test('a parameter of the path in a component', async () => {
    expect(await whatIsSaid(MISTAKES['a parameter of the path in a component']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_UNKNOWN_PARAMETER (GET /users): unknown route parameter: the path /users has no \`id\`.
           scoped(Mailer)
           └─ Param('id')
         Write it into the path: /users/:id."
    `)
  })

  test('two handlers for one route', async () => {
    expect(await whatIsSaid(MISTAKES['two handlers for one route']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_DUPLICATE_ROUTE (GET /a/:name): GET /a/:id and GET /a/:name take the same requests.
           first
           └─ second
         Remove one of them, or give it another path or method."
    `)
  })

  test('a class that is no controller', async () => {
    expect(await whatIsSaid(MISTAKES['a class that is no controller']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CONSTRUCTION: Pages is in \`routes\`, but is neither a controller nor a route.
           routes
           └─ Pages
         Decorate the class with @Controller(), or make a route with route.get(path, tokens, handler)."
    `)
  })

  test('a controller without routes [C5]', async () => {
    expect(await whatIsSaid(MISTAKES['a controller without routes [C5]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_NO_ROUTE: the controller Pages has no route.
           routes
           └─ Pages
         Decorate a method with @Get(path) or the like; above other decorators of the method, where those put another function in its place."
    `)
  })

  test('a controller whose class needs what is not there', async () => {
    expect(await whatIsSaid(MISTAKES['a controller whose class needs what is not there']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /pages): nothing provides Mailer, parameter 0 of new Pages.
           Pages.show
           └─ Pages
              └─ Mailer
         Register it in \`components\`: value(Mailer, …), singletonClass(Mailer), singleton(Mailer, …) or scoped(Mailer, …); or decorate the class with tsyringe's @singleton() or @injectable()."
    `)
  })

  test('Next in a handler', async () => {
    expect(await whatIsSaid(MISTAKES['Next in a handler']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): show asks for Next, but it is the last function: nothing is left to run.
           show
           └─ Next
         Ask for Next in middleware only."
    `)
  })

  test('Next in a component', async () => {
    expect(await whatIsSaid(MISTAKES['Next in a component']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): parameter 0 of scoped(Mailer) cannot have Next.
           show
           └─ Mailer
              └─ Next
         Only a middleware can ask for Next, and only as it is."
    `)
  })

  test('Next, deferred', async () => {
    expect(await whatIsSaid(MISTAKES['Next, deferred']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): parameter 0 of guard cannot have Next.
           guard
           └─ Next
         Only a middleware can ask for Next, and only as it is."
    `)
  })

  test('Parameter in a handler', async () => {
    expect(await whatIsSaid(MISTAKES['Parameter in a handler']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): parameter 0 of show asks for Parameter, but fills no parameter itself.
           show
           └─ Parameter
         Only the resolve method of a component can ask for the Parameter it fills."
    `)
  })

  test('a wrapper [C4]', async () => {
    expect(await whatIsSaid(MISTAKES['a wrapper [C4]']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_NO_METADATA (GET /): the parameters of the handler of GET / are unknown: it takes whatever it is given, as a wrapper \`(...args) => fn(...args)\` does, so that nothing says what to inject.
           the handler of GET /
           └─ (...)
         Name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn); the list is [] for a function without parameters."
    `)
  })

  test('a wrapper around a middleware [C4]', async () => {
    expect(await whatIsSaid(MISTAKES['a wrapper around a middleware [C4]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_NO_METADATA (GET /): the parameters of an anonymous function are unknown: it takes whatever it is given, as a wrapper \`(...args) => fn(...args)\` does, so that nothing says what to inject.
           an anonymous function
           └─ (...)
         Name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn); the list is [] for a function without parameters."
    `)
  })

  test('a bound method [C15]', async () => {
    expect(await whatIsSaid(MISTAKES['a bound method [C15]']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_NO_METADATA (GET /): parameter 0 of bound show cannot be injected: it is a bound function, and the types of what was bound are not known of it.
           bound show
           └─ parameter 0
         Name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn); or write a function that calls the method, \`(x: X) => object.method(x)\`."
    `)
  })

  test('a list that is too short', async () => {
    expect(await whatIsSaid(MISTAKES['a list that is too short']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_NO_METADATA (GET /): parameter 1 of the handler of GET / cannot be injected: its list has 1 token.
           the handler of GET /
           └─ parameter 1
         Add the token of this parameter to the list."
    `)
  })

  test('a hole in a list', async () => {
    expect(await whatIsSaid(MISTAKES['a hole in a list']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /): parameter 0 of show cannot be injected: its type was not there yet when the class was defined: modules that import each other, or a class declared further down.
           show
           └─ parameter 0
         Break the import cycle, or name forwardRef(() => X): inject([forwardRef(() => X), …], fn), or route.get(path, [forwardRef(() => X), …], fn)."
    `)
  })

  test('a type that is erased to Object', async () => {
    expect(await whatIsSaid(MISTAKES['a type that is erased to Object']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /pages): parameter 0 of Pages.show cannot be injected: its type is erased to Object: an interface, a type alias, a union such as \`X | null\`, a type parameter, unknown, or (swc, oxc) a class from \`import type\`.
           Pages.show
           └─ parameter 0
         Make it a class, imported as a value (\`import { X }\`), or name its token: @Inject(Token, …) on the method, or inject([Token, …], fn); optional(X) is the token of one that may be missing."
    `)
  })

  test('a type that is erased to Array', async () => {
    expect(await whatIsSaid(MISTAKES['a type that is erased to Array']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /pages): parameter 0 of Pages.show cannot be injected: its type is erased to Array: what its elements are is gone.
           Pages.show
           └─ parameter 0
         For the values of every provider of X name all(X): @Inject(all(X), …) on the method, or inject([all(X), …], fn); for one list make a token, token<X[]>('name'), and name it there."
    `)
  })

  test('a promise', async () => {
    expect(await whatIsSaid(MISTAKES['a promise']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /pages): parameter 0 of Pages.show cannot be injected: its type is Promise, but values are awaited before they are injected.
           Pages.show
           └─ parameter 0
         Ask for the value itself: \`x: X\` instead of \`x: Promise<X>\`."
    `)
  })

  test('a plain value of a method', async () => {
    expect(await whatIsSaid(MISTAKES['a plain value of a method']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /pages): parameter 0 of Pages.show cannot be injected: its type is number (or an enum of numbers), which does not say where the value comes from.
           Pages.show
           └─ parameter 0
         For a part of the request use a marker, @Query('name'), @Param('name') or @Header('name'); for anything else make a token, token<number>('name'), and name it: @Inject(…) on the method, or inject([…], fn)."
    `)
  })

  test('a plain value of a constructor', async () => {
    expect(await whatIsSaid(MISTAKES['a plain value of a constructor']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /): parameter 0 of new Pool cannot be injected: its type is number (or an enum of numbers), which does not say where the value comes from.
           show
           └─ Pool
              └─ parameter 0
         Make a token, token<number>('name'), and name it: @Inject(…) on the class."
    `)
  })

  test('a marker without a type to convert to', async () => {
    expect(await whatIsSaid(MISTAKES['a marker without a type to convert to']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /pages): Query('sort') cannot tell what to convert to: the parameter's type is Object at run time.
           Pages.show
           └─ Query('sort')
         Give it a type: Query('sort', String), or a schema; a list is Query('sort', [String])."
    `)
  })

  test('a body of a class', async () => {
    expect(await whatIsSaid(MISTAKES['a body of a class']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_ERASED (GET /pages): Body() cannot tell what to convert to: the parameter's type is Clock at run time.
           Pages.show
           └─ Body()
         Give it a schema: Body(schema)."
    `)
  })

  test('a planned call whose values are missing', async () => {
    expect(await whatIsSaid(MISTAKES['a planned call whose values are missing']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides token('dsn'), parameter 0 of Object.load.
           show
           └─ Object.load()
              └─ token('dsn')
         Register it in \`components\`: value(dsn, …), singleton(dsn, …) or scoped(dsn, …), where dsn is the constant that is asked for: each token('dsn') is another."
    `)
  })

  test('members of all that are missing theirs', async () => {
    expect(await whatIsSaid(MISTAKES['members of all that are missing theirs']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 2 problems.

      1. DI_MISSING (GET /): nothing provides Mailer, parameter 0 of scoped(token('dsn')).
           show
           └─ token('dsn')
              └─ Mailer
         Register it in \`components\`: value(Mailer, …), singletonClass(Mailer), singleton(Mailer, …) or scoped(Mailer, …); or decorate the class with tsyringe's @singleton() or @injectable().

      2. DI_MISSING (GET /): nothing provides Database, parameter 0 of scoped(token('dsn')).
           show
           └─ token('dsn')
              └─ Database
         Register it in \`components\`: value(Database, …), singletonClass(Database), singleton(Database, …) or scoped(Database, …); or decorate the class with tsyringe's @singleton() or @injectable()."
    `)
  })

  test('an optional value whose provider is broken', async () => {
    expect(await whatIsSaid(MISTAKES['an optional value whose provider is broken']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Mailer, parameter 0 of scoped(token('dsn')).
           show
           └─ token('dsn')
              └─ Mailer
         Register it in \`components\`: value(Mailer, …), singletonClass(Mailer), singleton(Mailer, …) or scoped(Mailer, …); or decorate the class with tsyringe's @singleton() or @injectable()."
    `)
  })

  test('a singleton that throws', async () => {
    expect(await whatIsSaid(MISTAKES['a singleton that throws']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CONSTRUCTION: singleton(Mailer) could not make Mailer: it threw TypeError.
           Mailer
         Look at this error's \`cause\`: its message is not repeated here."
    `)
  })

  test('one mistake in many routes [C12]', async () => {
    expect(await whatIsSaid(MISTAKES['one mistake in many routes [C12]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /0): nothing provides Session, parameter 0 of show.
           show
           └─ Session
         Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store.
         The same at GET /1; GET /2; GET /3; GET /4; and 3 more."
    `)
  })

  test('two mistakes, each in two places [C12]', async () => {
    expect(await whatIsSaid(MISTAKES['two mistakes, each in two places [C12]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 2 problems.

      1. DI_MISSING (GET /a): nothing provides Mailer, parameter 0 of audit.
           audit
           └─ Mailer
         Register it in \`components\`: value(Mailer, …), singletonClass(Mailer), singleton(Mailer, …) or scoped(Mailer, …); or decorate the class with tsyringe's @singleton() or @injectable().
         The same at GET /b.

      2. DI_MISSING (GET /a): nothing provides Database, parameter 0 of first.
           first
           └─ Database
         Register it in \`components\`: value(Database, …), singletonClass(Database), singleton(Database, …) or scoped(Database, …); or decorate the class with tsyringe's @singleton() or @injectable().
         The same at GET /b."
    `)
  })
})
