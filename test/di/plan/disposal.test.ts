import 'reflect-metadata'
import { container, injectable, registry, singleton as tsyringeSingleton } from 'tsyringe'
import { expect, test } from 'vitest'
import {
  App,
  Inject,
  route,
  scoped,
  singleton,
  token,
  transient,
  value,
} from '../../../src/index.js'
import { testClient } from '../../../src/testing/index.js'

/** What ended, in order. */
const ended: string[] = []
const end = (name: string) => void ended.push(name)
const taken = () => ended.splice(0)

abstract class Pool {
  abstract readonly name: string
}

@Inject()
class AsyncPool extends Pool implements AsyncDisposable {
  readonly name = 'AsyncPool'
  async [Symbol.asyncDispose]() {
    await Promise.resolve()
    end('AsyncPool')
  }
}

@Inject(AsyncPool)
class Table implements Disposable {
  constructor(readonly pool: AsyncPool) {}
  [Symbol.dispose]() {
    end('Table')
  }
}

/** Both: `await using` takes the asynchronous one. */
class Both implements Disposable, AsyncDisposable {
  [Symbol.dispose]() {
    end('sync')
  }
  async [Symbol.asyncDispose]() {
    end('async')
  }
}

test('a class is disposed by its symbols when the application closes, the last made first [C19]', async () => {
  const app = new App({ routes: [route.get('/', [Table], ({ pool }) => pool.name)] })
  await testClient(app).get('/')
  expect(taken()).toEqual([])
  await app.close()
  await app.close()
  expect(taken()).toEqual(['Table', 'AsyncPool'])
})

test('await using closes an application and a server [C19]', async () => {
  {
    await using app = new App({ routes: [route.get('/', [Table], () => 1)] })
    await using server = await app.listen(0)
    expect((await fetch(server.url)).status).toBe(200)
  }
  expect(taken()).toEqual(['Table', 'AsyncPool'])
})

test('what a factory makes is disposed too, once, however many names it has [C19]', async () => {
  const Alias = token<Both>('alias')
  const app = new App({
    components: [
      singleton(Both, [], () => new Both()),
      singleton(Alias, [Both], (both) => both),
      singleton(Table, [AsyncPool, Alias], (pool) => new Table(pool)),
    ],
    routes: [route.get('/', [Table, Alias], () => 1)],
  })
  await app.ready()
  await app.close()
  expect(taken()).toEqual(['Table', 'async', 'AsyncPool'])
})

test('a factory says itself how its value ends [C19]', async () => {
  const app = new App({
    components: [singleton(Both, [], () => new Both(), { dispose: () => end('own') })],
    routes: [route.get('/', [Both], () => 1)],
  })
  await app.ready()
  await app.close()
  expect(taken()).toEqual(['own'])
})

test('a value that exists is not disposed, nor is a mock in its place, nor a name for it [C19]', async () => {
  const Alias = token<Both>('alias')
  const app = new App({
    components: [value(Both, new Both()), singleton(Alias, [Both], (both) => both)],
    routes: [route.get('/', [Alias], () => 1)],
  })
  const other = app.with([[Both, new Both()]])
  await Promise.all([app.ready(), other.ready()])
  await other.close()
  await app.close()
  expect(taken()).toEqual([])
})

test('a copy leaves the singletons of the application alone [C19]', async () => {
  const Alias = token<Both>('alias')
  const Name = token<string>('name')
  const app = new App({
    components: [
      value(Name, 'a'),
      singleton(Both, [], () => new Both()),
      singleton(Alias, [Both, Name], (both) => both),
    ],
    routes: [route.get('/', [Alias], () => 1)],
  })
  const copy = app.with([[Name, 'b']])
  await copy.ready()
  await copy.close()
  expect(taken()).toEqual([])
  await app.close()
  expect(taken()).toEqual(['async'])
})

test('values of a request are disposed after its response, and singletons it was given are not [C19]', async () => {
  class Unit implements AsyncDisposable {
    async [Symbol.asyncDispose]() {
      end('Unit')
    }
  }
  class Lent extends Unit {}
  class Borrowed extends Unit {}
  const app = new App({
    components: [
      scoped(Unit, [], () => new Unit()),
      scoped(Lent, [Unit], (unit) => unit),
      singleton(Both, [], () => new Both()),
      scoped(Borrowed, [Both], (both) => both as never as Borrowed),
      transient(AsyncPool, [], () => new AsyncPool()),
    ],
    routes: [route.get('/', [Lent, Borrowed, AsyncPool], () => 1)],
  })
  const client = testClient(app)
  await (await client.get('/')).text()
  expect(taken()).toEqual(['AsyncPool', 'Unit'])
  expect(app.explain('GET /')).toContain('Unit')
  await app.close()
  expect(taken()).toEqual(['async'])
})

test('a transient that was made for a singleton ends with it [C19]', async () => {
  const app = new App({
    components: [
      transient(AsyncPool, [], async () => new AsyncPool()),
      singleton(Table, [AsyncPool], (pool) => new Table(pool)),
    ],
    routes: [route.get('/', [Table], () => 1)],
  })
  await app.ready()
  await app.close()
  expect(taken()).toEqual(['Table', 'AsyncPool'])
})

@tsyringeSingleton()
class Mailer {
  dispose() {
    end('Mailer')
  }
}

abstract class Outbox {
  abstract send(): void
}

@injectable()
class PostOutbox extends Outbox {
  constructor(readonly mailer: Mailer) {
    super()
  }
  send() {}
  async dispose() {
    await Promise.resolve()
    end('PostOutbox')
  }
}

@registry([{ token: 'unused', useValue: 1 }])
class Unregistered {
  dispose() {
    end('never')
  }
}

test('a class of tsyringe is disposed by its dispose(), once [C19]', async () => {
  container.registerSingleton(Outbox as never, PostOutbox)
  const app = new App({
    components: [value(Unregistered, new Unregistered())],
    routes: [route.get('/', [Outbox, Mailer, Unregistered], () => 1)],
  })
  await app.ready()
  await app.close()
  expect(taken()).toEqual(['PostOutbox', 'Mailer'])
})

test('a singleton of tsyringe that two applications use ends with the last of them [C19]', async () => {
  const routes = [route.get('/', [Mailer], () => 1)]
  const [one, other] = [new App({ routes }), new App({ routes })]
  await Promise.all([one.ready(), other.ready()])
  await one.close()
  expect(taken()).toEqual([])
  await other.close()
  expect(taken()).toEqual(['Mailer'])
})
