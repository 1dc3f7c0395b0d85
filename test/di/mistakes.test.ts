import { describe, expect, test } from 'vitest'
import type { App } from '../../src/index.js'
import { MISTAKES } from './mistakes.js'
import { refusalOf, withoutSites } from './world.js'

/** What `ready()` says of a program with a mistake. */
async function whatIsSaid(app: App): Promise<string> {
  return withoutSites((await refusalOf(app.ready())).message)
}

/** The sentences of a message that are there twice, whatever stands between. */
function saidTwice(message: string): string[] {
  const sentences = message
    .split(/\n|(?<=[.?])\s+(?=[A-Z])|: (?=[A-Z])/)
    .map((sentence) => sentence.trim())
    // Steps of a path, and the places of two mistakes, may well be the same.
    .filter((one) => /\s\S+\s\S+\s/.test(one) && !one.startsWith('The same at '))
  return sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index)
}

describe('what a mistake says', () => {
  test('a forgotten sessions(…) [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten sessions(…) [C11]']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Session, parameter 0 of show.
           show
           └─ Session
         Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store."
    `)
  })

  test('a forgotten sessions(…), for a view [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten sessions(…), for a view [C11]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides SessionView, parameter 0 of show.
           show
           └─ SessionView
         Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store."
    `)
  })

  test('a forgotten sessions(…), for sessionIfAvailable [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten sessions(…), for sessionIfAvailable [C11]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides token('sessionIfAvailable'), parameter 0 of show.
           show
           └─ token('sessionIfAvailable')
         Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store."
    `)
  })

  test('a forgotten sessions(…), for a token [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten sessions(…), for a token [C11]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /form): nothing provides CsrfToken, parameter 0 of form.
           form
           └─ CsrfToken
         Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store."
    `)
  })

  test('a forgotten sessions(…), for a guard [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten sessions(…), for a guard [C11]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (POST /): nothing provides Session, parameter 1 of csrfTokenGuard.
           csrfTokenGuard
           └─ Session
         Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store."
    `)
  })

  test('a store that cannot find the sessions of a user [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a store that cannot find the sessions of a user [C11]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /sessions): nothing provides UserSessions, parameter 0 of list.
           list
           └─ UserSessions
         Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store that can find the sessions of a user; a CookieStore cannot.

      Notes:
      - sessions(CookieStore) provides nothing that a handler asks for."
    `)
  })

  test('a forgotten redis(…) [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten redis(…) [C11]']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Redis, parameter 1 of RedisStore.load.
           show
           └─ Session
              └─ RedisStore.load()
                 └─ Redis
         Add \`redis('redis://localhost:6379')\` of ingot/redis to the \`components\` of the application, with the URL of your server, or value(Redis, client) with a client of your own."
    `)
  })

  test('a forgotten redisCluster(…) [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten redisCluster(…) [C11]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Cluster, parameter 1 of RedisClusterStore.load.
           show
           └─ Session
              └─ RedisClusterStore.load()
                 └─ Cluster
         Add \`redisCluster([{ host: 'localhost', port: 6379 }])\` of ingot/redis to the \`components\` of the application, with the nodes of your cluster, or value(Cluster, client) with a client of your own."
    `)
  })

  test('a forgotten redis(…), for a handler [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['a forgotten redis(…), for a handler [C11]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 2 problems.

      1. DI_MISSING (GET /): nothing provides Redis, parameter 0 of show.
           show
           └─ Redis
         Add \`redis('redis://localhost:6379')\` of ingot/redis to the \`components\` of the application, with the URL of your server, or value(Redis, client) with a client of your own.

      2. DI_MISSING (GET /): nothing provides Cluster, parameter 1 of show.
           show
           └─ Cluster
         Add \`redisCluster([{ host: 'localhost', port: 6379 }])\` of ingot/redis to the \`components\` of the application, with the nodes of your cluster, or value(Cluster, client) with a client of your own."
    `)
  })

  test('cookies in a singleton [C11]', async () => {
    expect(await whatIsSaid(MISTAKES['cookies in a singleton [C11]']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CAPTIVE: the singleton Mailer would keep the first request's Cookies for ever.
           Mailer (singleton, singleton(Mailer))
           └─ Cookies (request, scoped(Cookies))
         Make Mailer live as long as a request (scoped(…), or isSingleton = false), or give Cookies to the method that needs it."
    `)
  })

  test('a class that nothing provides', async () => {
    expect(await whatIsSaid(MISTAKES['a class that nothing provides']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Mailer, parameter 0 of show.
           show
           └─ Mailer
         Register it in \`components\`: value(Mailer, …), singletonClass(Mailer), singleton(Mailer, …) or scoped(Mailer, …); or decorate the class with tsyringe's @singleton() or @injectable()."
    `)
  })

  test('a token that nothing provides', async () => {
    expect(await whatIsSaid(MISTAKES['a token that nothing provides']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides token('dsn'), parameter 0 of show.
           show
           └─ token('dsn')
         Register it in \`components\`: value(dsn, …), singleton(dsn, …) or scoped(dsn, …), where dsn is the constant that is asked for: each token('dsn') is another."
    `)
  })

  test('a marker that nothing provides', async () => {
    expect(await whatIsSaid(MISTAKES['a marker that nothing provides']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Flag('beta'), parameter 0 of show.
           show
           └─ Flag('beta')
         Register it in \`components\`: value(Flag('beta'), …), singleton(Flag('beta'), …) or scoped(Flag('beta'), …)."
    `)
  })

  test('a misspelt class', async () => {
    expect(await whatIsSaid(MISTAKES['a misspelt class']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Clok, parameter 0 of show.
           show
           └─ Clok
         Did you mean Clock? Register it in \`components\`: value(Clok, …), singletonClass(Clok), singleton(Clok, …) or scoped(Clok, …); or decorate the class with tsyringe's @singleton() or @injectable().

      Notes:
      - value(Clock) provides nothing that a handler asks for."
    `)
  })

  test('another class of the same name', async () => {
    expect(await whatIsSaid(MISTAKES['another class of the same name']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Clock, parameter 0 of show.
           show
           └─ Clock
         Something else of the same name is provided: is Clock defined or installed twice? Register it in \`components\`: value(Clock, …), singletonClass(Clock), singleton(Clock, …) or scoped(Clock, …); or decorate the class with tsyringe's @singleton() or @injectable().

      Notes:
      - value(Clock) provides nothing that a handler asks for."
    `)
  })

  test('what a provider needs, two steps below', async () => {
    expect(await whatIsSaid(MISTAKES['what a provider needs, two steps below']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (POST /mail): nothing provides token('dsn'), parameter 0 of singleton(Database).
           send
           └─ Mailer
              └─ Database
                 └─ token('dsn')
         Register it in \`components\`: value(dsn, …), singleton(dsn, …) or scoped(dsn, …), where dsn is the constant that is asked for: each token('dsn') is another."
    `)
  })

  test('a class of another copy of tsyringe [C7]', async () => {
    expect(await whatIsSaid(MISTAKES['a class of another copy of tsyringe [C7]']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_MISSING (GET /): nothing provides Elsewhere, parameter 0 of show.
           show
           └─ Elsewhere
         Register it in \`components\`: value(Elsewhere, …), singletonClass(Elsewhere), singleton(Elsewhere, …) or scoped(Elsewhere, …). A decorator of the class is not known here: if it is tsyringe's, tsyringe is installed twice, which \`npm ls tsyringe\` shows."
    `)
  })

  test('a ring', async () => {
    expect(await whatIsSaid(MISTAKES['a ring']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CYCLE (GET /): Mailer needs itself before it exists.
           Mailer
           └─ Database
              └─ Mailer
         Take one of them out of the ring, or defer it: lazy(X) gives a function that makes X when called."
    `)
  })

  test('a class that needs itself', async () => {
    expect(await whatIsSaid(MISTAKES['a class that needs itself']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CYCLE (GET /): Node needs itself before it exists.
           Node
           └─ Node
         Take one of them out of the ring, or defer it: lazy(X) gives a function that makes X when called."
    `)
  })

  test('a singleton that keeps a session', async () => {
    expect(await whatIsSaid(MISTAKES['a singleton that keeps a session']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CAPTIVE: the singleton Mailer would keep the first request's Session for ever.
           Mailer (singleton, singleton(Mailer))
           └─ Session (request, sessions(MemoryStore))
         Make Mailer live as long as a request (scoped(…), or isSingleton = false), or give Session to the method that needs it."
    `)
  })

  test('a singleton that keeps a session, two steps below', async () => {
    expect(await whatIsSaid(MISTAKES['a singleton that keeps a session, two steps below']!()))
      .toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CAPTIVE: the singleton Mailer would keep the first request's Session for ever.
           Mailer (singleton, singleton(Mailer))
           └─ Database (transient, transient(Database))
              └─ Session (request, sessions(MemoryStore))
         Make Mailer live as long as a request (scoped(…), or isSingleton = false), or give Session to the method that needs it."
    `)
  })

  test('a singleton that keeps hooks', async () => {
    expect(await whatIsSaid(MISTAKES['a singleton that keeps hooks']!())).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CAPTIVE: the singleton Mailer would keep the first request's Hooks for ever.
           Mailer (singleton, singleton(Mailer))
           └─ Hooks (request)
         Make Mailer live as long as a request (scoped(…), or isSingleton = false), or give Hooks to the method that needs it."
    `)
  })
})

test.each(Object.keys(MISTAKES))('nothing is said twice: %s', async (name) => {
  const message = await whatIsSaid(MISTAKES[name]!())
  expect(saidTwice(message)).toEqual([])
})

test('the check itself finds what is said twice', () => {
  expect(saidTwice('Make it a class, or list it. So: Make it a class, or list it.')).toEqual([
    'Make it a class, or list it.',
  ])
})
