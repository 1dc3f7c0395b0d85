import { Body, Controller, Delete, Get, Param, Post, Put, Query, Session } from 'ingot'
import { Cart } from './cart.js'
import { noteNames, noteTexts, quantities, usernames } from './input.js'
import { Visitor, type Shop } from './visitor.js'

/** The shop for programs: JSON in, JSON out. */
@Controller('/api')
export class Api {
  @Get('/me')
  me(session: Session<Shop>) {
    return { username: session.get('username') ?? null }
  }

  @Post('/logout')
  logout(visitor: Visitor) {
    visitor.logOut()
  }

  // #region asking
  @Post('/login')
  login(visitor: Visitor, @Body(usernames.field('username')) body: { username: string }) {
    visitor.logIn(body.username)
    return { username: body.username }
  }

  @Post('/cart/:sku')
  add(cart: Cart, @Param('sku') sku: string, @Query('quantity', quantities) quantity: number) {
    return cart.add(sku, quantity)
  }
  // #endregion

  @Get('/cart')
  cart(cart: Cart) {
    return cart
  }

  @Delete('/cart/:sku')
  remove(cart: Cart, @Param('sku') sku: string) {
    return cart.remove(sku)
  }

  @Get('/visits')
  visits(session: Session<Shop>) {
    return { visits: session.get('visits') ?? 0 }
  }

  @Post('/visits')
  visit(session: Session<Shop>) {
    return { visits: session.update('visits', (visits = 0) => visits + 1) }
  }

  @Put('/notes/:name')
  write(
    session: Session<Shop>,
    @Param('name', noteNames) name: string,
    @Body(noteTexts.field('text')) body: { text: string },
  ) {
    session.set(`note:${name}`, body.text)
  }

  @Get('/notes')
  notes(session: Session<Shop>) {
    const notes = Object.entries(session.toObject()).filter(([key]) => key.startsWith('note:'))
    return Object.fromEntries(notes.map(([key, text]) => [key.slice('note:'.length), text]))
  }
}
