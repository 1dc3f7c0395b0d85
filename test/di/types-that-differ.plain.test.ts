import { describe, expect, test } from 'vitest'
import {
  App,
  inject,
  MemoryStore,
  Parameter,
  route,
  scoped,
  Session,
  sessions,
  value,
  type Component,
  type Route,
} from '../../src/index.js'
import { refusalOf, withoutSites } from './world.js'
import { Basket } from './fixtures/basket.js'

class Repo<Row> {
  readonly rows: readonly Row[]
  constructor(...rows: readonly Row[]) {
    this.rows = rows
  }
}
class User {}
class Post {}

const users = value(Repo<User>, new Repo('user'))
const posts = value(Repo<Post>, new Repo('post'))
const both = (a: Repo<User>, b: Repo<Post>) => [a.rows, b.rows]

const messageOf = async (routed: Route, ...components: Component[]) => {
  const error = await refusalOf(new App({ routes: [routed], components }).ready())
  return withoutSites(error.message)
}
const json = async (app: App, path = '/') => {
  const response = await app.fetch(new Request(`http://localhost${path}`))
  return response.json()
}

describe('type arguments that differ', () => {
  test('are refused where two components claim the one class [C10]', async () => {
    expect(await messageOf(route.get('/', both), users, posts)).toBe(
      `The application cannot be wired: 1 problem.

1. DI_SAME_CLASS (GET /): parameter \`b: Repo<Post>\` of both gets what parameter \`a: Repo<User>\` of both gets: \`Repo<Post>\` and \`Repo<User>\` are one class at run time, and value(Repo) and value(Repo) both provide it.
     both
     └─ Repo<Post>
   Give each a class of its own, \`class Posts extends Repo<Post> {}\`, or a token of its own, \`const posts = token<Repo<Post>>('posts')\`.`,
    )
  })

  test('are refused in handlers and components of their own, whatever may be missing [C10]', async () => {
    const app = new App({
      components: [
        users,
        posts,
        scoped(Basket, (all: Repo<Post> | null) => new Basket(all ? 1 : 2)),
      ],
      routes: [
        route.get('/users', (all: Repo<User>) => all.rows),
        route.get('/basket', (basket: Basket) => basket.items),
      ],
    })
    const { errors } = await refusalOf(app.ready())
    expect(errors.map(({ code, route: name }) => [code, name])).toEqual([
      ['DI_SAME_CLASS', 'GET /basket'],
    ])
  })

  test('are what one component provides, or an override [C10]', async () => {
    const app = new App({
      components: [users, sessions(new MemoryStore())],
      routes: [
        route.get('/', both),
        route.get('/sessions', (one: Session<{ a: 1 }>, other: Session<{ b: 2 }>) => [
          (one as unknown) === other,
        ]),
      ],
    })
    expect(await json(app)).toEqual([['user'], ['user']])
    expect(await json(app, '/sessions')).toEqual([true])
    using _ = app.override(Repo, new Repo('fake'))
    expect(await json(app)).toEqual([['fake'], ['fake']])
  })

  test('are different values of a component that reads them [C10]', async () => {
    const made: Component<Repo<unknown>> = {
      canHandleParameter: ({ token }) => token === Repo,
      resolve: inject([Parameter], ({ text }) => new Repo(text)),
    }
    const app = new App({ components: [made], routes: [route.get('/', both)] })
    expect(await json(app)).toEqual([['Repo<User>'], ['Repo<Post>']])
  })

  test('may each have a component that looks at them [C10]', async () => {
    const of = (text: string, row: string): Component<Repo<unknown>> => ({
      canHandleParameter: (wanted) => wanted.token === Repo && wanted.text === text,
      resolve: inject([], () => new Repo(row)),
    })
    const app = new App({
      components: [of('Repo<User>', 'user'), of('Repo<Post>', 'post')],
      routes: [route.get('/', both)],
    })
    expect(await json(app)).toEqual([['user'], ['post']])
  })
})
