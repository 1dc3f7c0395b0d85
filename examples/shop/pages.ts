import { Controller, Get, HttpError, Param, Post, redirect } from 'ingot'
import { Cart } from './cart.js'
import { Catalog } from './catalog.js'
import { quantities, usernames } from './input.js'
import { page } from './page.js'
import { storefront } from './storefront.js'
import { Visitor } from './visitor.js'

/** The shop for people: one page, and the forms on it, which work without scripts. */
@Controller()
export class Pages {
  constructor(private readonly catalog: Catalog) {}

  @Get('/')
  home(visitor: Visitor, cart: Cart): Response {
    return this.#show(visitor, cart)
  }

  @Post('/login')
  login(visitor: Visitor, cart: Cart, form: FormData): Response {
    return this.#submit(visitor, cart, () => {
      const username = usernames.read(form, 'username')
      visitor.logIn(username, form.has('remember') ? THIRTY_DAYS : undefined)
      return `Welcome, ${username}`
    })
  }

  @Post('/logout')
  logout(visitor: Visitor, cart: Cart): Response {
    return this.#submit(visitor, cart, () => {
      visitor.logOut()
      return 'You are logged out'
    })
  }

  @Post('/cart/:sku')
  change(visitor: Visitor, cart: Cart, @Param('sku') sku: string, form: FormData): Response {
    return this.#submit(visitor, cart, () => {
      const { name } = this.catalog.get(sku)
      if (form.get('action') === 'remove') {
        cart.remove(sku)
        return `Removed ${name}`
      }
      const quantity = quantities.read(form, 'quantity')
      cart.add(sku, quantity)
      return `Added ${quantity} × ${name}`
    })
  }

  /** Acts, and redirects to the page, which shows the message; bad input is explained at once. */
  #submit(visitor: Visitor, cart: Cart, action: () => string): Response {
    try {
      visitor.tell(action())
    } catch (error) {
      if (error instanceof HttpError && error.status < 500) return this.#show(visitor, cart, error)
      throw error
    }
    return redirect('/')
  }

  #show(visitor: Visitor, cart: Cart, problem?: HttpError): Response {
    return page(visitor, storefront(this.catalog.products, cart.lines), problem)
  }
}

/** In seconds: as long as NIST SP 800-63B-4 lets somebody stay logged in at its lowest level. */
const THIRTY_DAYS = 30 * 24 * 60 * 60
