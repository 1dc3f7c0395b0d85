import { Controller, Get, HttpError, Param, Post, redirect } from 'ingot'
import { Cart } from './cart.js'
import { Catalog } from './catalog.js'
import { quantities, usernames } from './input.js'
import { page } from './page.js'
import { ICON } from './pictures.js'
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

  // A form with a mistake is explained at its own address: whoever goes there later gets the shop.
  @Get('/login')
  @Get('/logout')
  @Get('/cart/:sku')
  back(): Response {
    return redirect('/')
  }

  @Get('/favicon.svg')
  icon(): Response {
    return new Response(ICON, {
      headers: { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=86400' },
    })
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
    const content = storefront(this.catalog.products, cart.lines)
    return page(visitor, content, { inCart: cart.count, problem })
  }
}

/** In seconds: as long as NIST SP 800-63B-4 lets somebody stay logged in at its lowest level. */
const THIRTY_DAYS = 30 * 24 * 60 * 60
