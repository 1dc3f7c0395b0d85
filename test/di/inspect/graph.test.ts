import {
  App,
  Controller,
  Get,
  inject,
  lazy,
  Next,
  Post,
  route,
  scoped,
  singleton,
  token,
  transient,
  value,
} from 'ingot'
import { describe, expect, test } from 'vitest'

class Database {}
class Cart {
  constructor(readonly database: Database) {}
}
class Mail {}

const loggedIn = inject([Cart, Next], function loggedIn(cart, next) {
  return next()
})

@Controller('/cart', { middleware: [loggedIn] })
class Carts {
  @Get()
  show(cart: Cart) {
    return cart
  }

  @Post()
  add(cart: Cart) {
    return cart
  }
}

const app = new App({
  components: [
    singleton(Database, [], () => new Database()),
    scoped(Cart, [Database], (database) => new Cart(database)),
    transient(Mail, [], () => new Mail()),
  ],
  routes: [Carts, route.get('/news', [lazy(Mail)], function news() {})],
})

describe('a picture of the graph', () => {
  test('has a box for each controller with its routes, and middleware once [D6]', () => {
    const lines = app.graph({ format: 'mermaid' }).split('\n')
    const boxes = lines.filter((line) => line.includes(':::'))
    expect(boxes.map((line) => line.replace(/^ *\w+\W+/, ''))).toEqual([
      'Carts<br/>GET /cart<br/>POST /cart"]:::routes',
      'functions<br/>GET /news"]:::routes',
      'loggedIn"]:::middleware',
      'Cart"]:::request',
      'Database"]):::singleton',
      'Carts"]):::singleton',
      'Mail"]:::transient',
    ])
    expect(lines.filter((line) => line.includes('-.->'))).toHaveLength(1)
  })

  test('is SVG in the colours of the scopes, which a pointer and the legend tell in words [D6]', () => {
    const svg = app.graph({ format: 'svg' })
    expect(svg).toMatch(/^<svg [^]*<\/svg>$/)
    expect(svg.match(/>loggedIn</g)).toHaveLength(1)
    expect(svg).toContain('<title>request, scoped(Cart)</title>')
    for (const kind of ['routes', 'middleware', 'request', 'singleton', 'transient'])
      expect(svg).toContain(`fill="#111">${kind}</text>`)
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(1)
    expect(svg).not.toMatch(/<script|href=/)
  })

  test('stands each value to the right of whatever needs it', () => {
    const x = (label: string) =>
      Number(new RegExp(`<text x="([\\d.]+)"[^>]*>${label}</text>`).exec(svg)![1])
    const svg = app.graph({ format: 'svg' })
    expect(x('GET /cart')).toBeLessThan(x('loggedIn'))
    expect(x('loggedIn')).toBeLessThan(x('Cart'))
    expect(x('Cart')).toBeLessThan(x('Database'))
  })

  test('shows one route on demand, and names the nearest when there is none [D6]', () => {
    const one = app.graph({ format: 'svg', route: 'GET /news' })
    expect(one).toContain('GET /news')
    expect(one).not.toContain('GET /cart')
    expect(app.graph({ format: 'json', route: 'GET /news' }).routes).toHaveLength(1)
    expect(() => app.graph({ format: 'mermaid', route: 'GET /new' })).toThrow(
      /^There is no route 'GET \/new'\. Did you mean GET \/news\?/,
    )
  })

  test('cannot be broken out of by a label', () => {
    const name = token<number>('</text><script>"&')
    const odd = new App({ components: [value(name, 1)], routes: [route.get('/', [name], () => 1)] })
    for (const format of ['svg', 'html'] as const) {
      const drawn = odd.graph({ format })
      expect(drawn).not.toContain('<script>')
      expect(drawn).toContain('&#60;script&#62;')
    }
  })

  test('is a page with the picture of all, and of each route with its plan in words', () => {
    const page = app.graph({ format: 'html' })
    expect(page).toMatch(/^<!doctype html>/)
    expect(page.match(/<svg /g)).toHaveLength(4)
    expect(page).toContain('<summary>POST /cart</summary>')
    expect(page).toContain('order: ')
    expect(page).not.toMatch(/<script|src=|href=/)
  })

  test('has each middleware once also where routes have several [D6]', () => {
    const dated = inject([Next], function dated(next) {
      return next()
    })
    const twice = new App({
      middleware: [loggedIn, dated],
      components: [scoped(Cart, [], () => new Cart(new Database()))],
      routes: [route.get('/a', [], () => 'a'), route.get('/b', [], () => 'b')],
    })
    const labels = twice.graph({ format: 'json' }).nodes.map(({ label }) => label)
    expect(labels.filter((label) => label === 'dated')).toHaveLength(1)
    expect(labels.filter((label) => label === 'loggedIn')).toHaveLength(1)
  })

  test('of an application without routes is empty', () => {
    expect(new App({ routes: [] }).graph({ format: 'svg' })).toMatch(/^<svg [^]*<\/svg>$/)
  })
})
