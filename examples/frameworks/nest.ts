import 'reflect-metadata'
import { Controller, Get, Injectable, Module, Post, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { mount } from 'ingot/express'
import { guard, Injected, IngotModule } from 'ingot/nest'
import { Param, Session } from 'ingot'
import { Cart, openApp } from './cart.js'

const app = openApp()

// #region shop
/** A guard: it shares the session with the handlers behind it. */
const counted = guard([Session], (session) => {
  session.set('visits', ((session.get('visits') as number | undefined) ?? 0) + 1)
  return true
})

/** A service: Nest makes it for each request, because its cart belongs to one. */
@Injectable()
class Checkout {
  constructor(private readonly cart: Cart) {}

  buy() {
    return `Bought: ${this.cart.skus.join(' and ')}`
  }
}

@Controller()
class ShopController {
  constructor(private readonly checkout: Checkout) {}

  @Post('/cart/:sku')
  @UseGuards(counted)
  add(@Injected() cart: Cart, @Injected(Param('sku')) sku: string) {
    return cart.add(sku)
  }

  @Get('/checkout')
  buy(@Injected() session: Session) {
    return `${this.checkout.buy()}, in ${String(session.get('visits'))} visits`
  }
}

@Module({
  imports: [IngotModule.forRoot(app, { provide: [Cart] })],
  controllers: [ShopController],
  providers: [Checkout],
})
class ShopModule {}
// #endregion

export async function startNest(): Promise<NestExpressApplication> {
  const nest = await NestFactory.create<NestExpressApplication>(ShopModule, new ExpressAdapter(), {
    logger: ['error'],
  })
  // #region mount
  nest.use('/account', mount(app))
  // #endregion
  await nest.listen(0)
  return nest
}
