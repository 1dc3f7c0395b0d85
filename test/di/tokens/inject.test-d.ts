import type { Redis } from 'ioredis'
import { Redis as RedisClass } from 'ioredis'
import { describe, expectTypeOf, test } from 'vitest'
import {
  all,
  call,
  Inject,
  inject,
  later,
  lazy,
  marker,
  optional,
  forwardRef,
  Resolver,
  scoped,
  singleton,
  token,
  transient,
  value,
  type Component,
  type Marker,
  type Resolved,
} from '../../../src/di/index.js'

class Session<Data extends object = Record<string, unknown>> {
  readonly #data: Data
  constructor(data: Data) {
    this.#data = data
  }
  get data(): Data {
    return this.#data
  }
}

class Db {
  readonly #url = ''
  get url(): string {
    return this.#url
  }
}

abstract class Store {
  readonly #name = 'store'
  abstract load(id: string): Promise<Session>
  protected constructor() {
    void this.#name
  }
  get name(): string {
    return this.#name
  }
}

class Other {
  readonly #other = true
  get other(): boolean {
    return this.#other
  }
}

interface Shop {
  cart: string[]
}

const dsn = token<string>('dsn')
const count = token<number>('count')
const Query = (name: string): Marker<string> => marker('Query', name)

describe('@Inject(…) accepts', () => {
  class Accepted {
    @Inject(Session, RedisClass, dsn)
    exact(_session: Session, _redis: Redis, _dsn: string): void {}

    @Inject(Session)
    withTypeArgument(_session: Session<Shop>): void {}

    @Inject(Session, Db)
    fewerParameters(_session: Session): void {}

    @Inject(Session, Db)
    static ofTheClass(_session: Session, _db: Db): void {}

    @Inject(Session)
    async asynchronous(_session: Session): Promise<void> {}

    @Inject(Db)
    withThis(this: Accepted, _db: Db): void {}

    @Inject(Db)
    supertypes(_db: { readonly url: string }): void {}

    @Inject(Store)
    abstractClass(_store: Store): void {}

    @Inject(optional(Db))
    missing(_db?: Db): void {}

    @Inject(Query('page'), Query('size'))
    markers(_page: string, _size: string): void {}

    @Inject(lazy(Db), all(Db))
    modifiers(_db: () => Db | Promise<Db>, _all: Db[]): void {}
  }

  test('what fits', () => {
    expectTypeOf<Accepted['exact']>().parameters.toEqualTypeOf<[Session, Redis, string]>()
  })

  test('a class whose constructor fits', () => {
    @Inject(Db, dsn)
    class Accounts {
      readonly db: Db
      constructor(db: Db, _dsn: string) {
        this.db = db
      }
    }
    expectTypeOf<Accounts['db']>().toEqualTypeOf<Db>()
  })
})

describe('@Inject(…) refuses', () => {
  class Refused {
    // @ts-expect-error - the order is swapped
    @Inject(Session, Db)
    swapped(_db: Db, _session: Session): void {}

    // @ts-expect-error - another class
    @Inject(Db)
    wrongClass(_other: Other): void {}

    // @ts-expect-error - a parameter has no token
    @Inject(Session)
    tooFew(_session: Session, _db: Db): void {}

    // @ts-expect-error - a token of a string for a number
    @Inject(dsn)
    wrongValue(_count: number): void {}

    // @ts-expect-error - the value may be missing
    @Inject(optional(Db))
    required(_db: Db): void {}

    // @ts-expect-error - another class than the abstract one
    @Inject(Store)
    wrongAbstract(_other: Other): void {}

    // @ts-expect-error - a string is no token
    @Inject('db')
    noToken(_db: Db): void {}

    // @ts-expect-error - a marker of a string for a number
    @Inject(Query('page'))
    wrongMarker(_page: number): void {}

    // @ts-expect-error - lazy gives a function
    @Inject(lazy(Db))
    notLazy(_db: Db): void {}

    // @ts-expect-error - all gives a list
    @Inject(all(Db))
    notAll(_db: Db): void {}

    // @ts-expect-error - a field is no method
    @Inject(Db)
    field = 1

    // @ts-expect-error - @Inject() does not decorate fields either
    @Inject()
    other = 1
  }

  test('what does not fit', () => {
    expectTypeOf<Refused>().toHaveProperty('swapped')
  })

  test('a class whose constructor does not fit, and a parameter with two tokens [C17]', () => {
    // @ts-expect-error - the order is swapped
    @Inject(dsn, Db)
    class Accounts {
      readonly db: Db
      constructor(db: Db, _dsn: string) {
        this.db = db
      }
    }
    class Page {
      constructor(
        @Inject(Db) readonly db: Db,
        // @ts-expect-error - one parameter has one token
        @Inject(Db, dsn) _dsn: string,
        @Inject() _other: Other,
      ) {}
      show(@Inject(optional(dsn)) _dsn: string | undefined): void {}
    }
    expectTypeOf<Accounts['db']>().toEqualTypeOf<Page['db']>()
  })
})

describe('inject(tokens, fn)', () => {
  test('infers every parameter', () => {
    inject(
      [Session, RedisClass, Store, dsn, Query('page'), optional(Other)],
      (session, redis, store, address, page, other) => {
        // A generic class fits whatever its type argument is.
        expectTypeOf(session).toExtend<Session<Shop>>()
        expectTypeOf(redis.get).toBeFunction()
        expectTypeOf(store).toEqualTypeOf<Store>()
        expectTypeOf(address).toEqualTypeOf<string>()
        expectTypeOf(page).toEqualTypeOf<string>()
        expectTypeOf(other).toEqualTypeOf<Other | undefined>()
      },
    )
  })

  test('infers what modifiers give', () => {
    const store = {
      load: (_db: Db): Promise<Session> => Promise.reject(new Error('not called')),
      size: (): number => 0,
      name: 'store',
    }
    inject(
      [
        lazy(Db),
        all(dsn),
        forwardRef(() => Db),
        call(store, 'load'),
        later(store, 'load'),
        later(store, 'size'),
      ],
      (db, all, same, loaded, load, size) => {
        expectTypeOf(db).toEqualTypeOf<() => Db | Promise<Db>>()
        expectTypeOf(all).toEqualTypeOf<string[]>()
        expectTypeOf(same).toEqualTypeOf<Db>()
        expectTypeOf(loaded).toEqualTypeOf<Session>()
        expectTypeOf(load).toEqualTypeOf<() => Promise<Session>>()
        expectTypeOf(size).toEqualTypeOf<() => number | Promise<number>>()
      },
    )
    expectTypeOf<Resolved<ReturnType<typeof optional<typeof dsn>>>>().toEqualTypeOf<
      string | undefined
    >()
    // @ts-expect-error - a string is no method
    call(store, 'name')
    // @ts-expect-error - there is no such method
    later(store, 'save')
    expectTypeOf(call(Store, 'load')).toEqualTypeOf(call({} as Store, 'load'))
  })

  test('gives back a function of the same parameters and result', () => {
    const show = inject([Db, dsn], (db, address) => db.url.length + address.length)
    expectTypeOf(show).toEqualTypeOf<(db: Db, address: string) => number>()
    const none = inject([Db, dsn], () => 'nothing')
    expectTypeOf(none).toEqualTypeOf<(db: Db, address: string) => string>()
    const promised = inject([], async () => 1)
    expectTypeOf(promised).toEqualTypeOf<() => Promise<number>>()
  })

  test('accepts a function declared elsewhere when it fits, and refuses it when it does not', () => {
    function cart(session: Session, db: Db): string {
      return `${Object.keys(session.data).length} ${db.url}`
    }
    inject([Session, Db], cart)
    // @ts-expect-error - the order is swapped
    inject([Db, Session], cart)
    // @ts-expect-error - a parameter has no token
    inject([Session], cart)
    // @ts-expect-error - a Redis is no Session
    inject([Session], (redis: Redis) => redis)
    // @ts-expect-error - a number is no token
    inject([5], () => 1)
  })
})

describe('providers', () => {
  test('know what they make', () => {
    expectTypeOf(value(dsn, 'x')).toEqualTypeOf<Component<string>>()
    expectTypeOf(singleton(Db, [dsn], () => new Db())).toEqualTypeOf<Component<Db>>()
    expectTypeOf(scoped(count, [], async () => 1)).toEqualTypeOf<Component<number>>()
    expectTypeOf(transient(Query('x'), [], () => 'x')).toEqualTypeOf<Component<string>>()
  })

  test('infer the parameters of the function, and what dispose gets', () => {
    singleton(Db, [dsn, optional(count)], (address, many) => {
      expectTypeOf(address).toEqualTypeOf<string>()
      expectTypeOf(many).toEqualTypeOf<number | undefined>()
      return new Db()
    })
    scoped(Db, [], () => new Db(), {
      dispose(db) {
        expectTypeOf(db).toEqualTypeOf<Db>()
      },
    })
  })

  test('refuse a value of another type', () => {
    // @ts-expect-error - a number is no string
    value(dsn, 5)
    // @ts-expect-error - an Other is no Db
    value(Db, new Other())
    // @ts-expect-error - a number is no string
    singleton(dsn, [], () => 5)
    // @ts-expect-error - a promise of a number is no string
    scoped(dsn, [], async () => 5)
    // @ts-expect-error - the tokens do not fit the parameters
    transient(Db, [dsn], (many: number) => new Db())
  })
})

test('a Resolver gives the type of its token', () => {
  inject([Resolver], (resolver) => {
    expectTypeOf(resolver.get(Db)).toEqualTypeOf<Db | Promise<Db>>()
    expectTypeOf(resolver.get(optional(dsn))).toEqualTypeOf<
      string | undefined | Promise<string | undefined>
    >()
    expectTypeOf(resolver.run(inject([Db], (db) => db.url))).toEqualTypeOf<
      string | Promise<string>
    >()
    expectTypeOf(resolver.run(async (_db: Db) => 1)).toEqualTypeOf<Promise<number>>()
  })
})

test('a named token is neither a supertype nor a subtype of another', () => {
  const wide = token<string | number>('wide')
  expectTypeOf(wide).not.toExtend<typeof dsn>()
  expectTypeOf(dsn).not.toExtend<typeof wide>()
})
