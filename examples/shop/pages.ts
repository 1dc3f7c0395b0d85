import { Controller, Get, HttpError, Param, Post, Session } from 'ingot'
import { Cart } from './cart.js'
import { Catalog } from './catalog.js'
import { quantities, usernames } from './input.js'
import { page } from './page.js'
import { logIn, logOut, type Shop } from './visitor.js'

/** The shop for people: one page, and the forms on it, which work without scripts. */
@Controller()
export class Pages {
  constructor(private readonly catalog: Catalog) {}

  @Get('/')
  home(session: Session<Shop>, cart: Cart): Response {
    return this.#show(session, cart)
  }

  @Post('/login')
  login(session: Session<Shop>, cart: Cart, form: FormData): Response {
    return this.#submit(session, cart, () => logIn(session, usernames.read(form, 'username')))
  }

  @Post('/logout')
  logout(session: Session<Shop>, cart: Cart): Response {
    return this.#submit(session, cart, () => logOut(session))
  }

  @Post('/cart/:sku')
  change(session: Session<Shop>, cart: Cart, @Param('sku') sku: string, form: FormData): Response {
    return this.#submit(session, cart, () => {
      if (form.get('action') === 'remove') cart.remove(sku)
      else cart.add(sku, quantities.read(form, 'quantity'))
    })
  }

  /** Does it and goes back to the page; input that was wrong is explained on the page itself. */
  #submit(session: Session<Shop>, cart: Cart, action: () => void): Response {
    try {
      action()
    } catch (error) {
      if (error instanceof HttpError && error.status < 500) return this.#show(session, cart, error)
      throw error
    }
    return new Response(null, { status: 303, headers: { location: '/' } })
  }

  #show(session: Session<Shop>, cart: Cart, problem?: HttpError): Response {
    return page({
      username: session.get('username'),
      products: this.catalog.products,
      lines: cart.lines,
      problem,
    })
  }
}
