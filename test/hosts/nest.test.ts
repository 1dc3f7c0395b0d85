import { Readable } from 'node:stream'
import {
  Catch,
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  Post,
  Redirect,
  Res,
  StreamableFile,
  UseGuards,
  type ArgumentsHost,
  type ExceptionFilter,
  type INestApplication,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { NextFunction, Request, Response as ExpressResponse } from 'express'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { mount as mountOnExpress } from '../../src/adapters/express.js'
import { mount as mountOnFastify } from '../../src/adapters/fastify.js'
import { guard, Injected, IngotModule } from '../../src/adapters/nest.js'
import {
  App,
  BackendStore,
  Body,
  MemoryStore,
  Param,
  Query,
  scoped,
  Session,
  sessions,
} from '../../src/index.js'
import {
  BIG,
  Cart,
  cookieOf,
  count,
  GatedBackend,
  hostSuite,
  passGuard,
  type HostSite,
  type SiteParts,
} from './host-suite.js'

const passed = guard([Session], (session) => {
  passGuard(session)
  return true
})
const withCart = guard([Cart], () => true)

/** A service that Nest makes for each request. */
@Injectable()
class Basket {
  readonly #cart: Cart

  constructor(cart: Cart) {
    this.#cart = cart
  }

  add(sku: string) {
    return this.#cart.add(sku)
  }
}

/** Either platform's response. */
type Sent = Pick<ExpressResponse & FastifyReply, 'header'>

@Controller()
class Site {
  @Get('/count')
  read(@Injected() session: Session) {
    return { n: session.get('n') ?? 0 }
  }

  @Post('/count')
  @HttpCode(200)
  count(@Injected() session: Session, @Res({ passthrough: true }) res: Sent) {
    res.header('x-handler', 'yes')
    return count(session)
  }

  @Post('/guarded/count')
  @UseGuards(passed, passed)
  guarded(@Injected(Session) session: Session) {
    return { ...count(session), guards: session.get('guards') }
  }

  @Post('/add')
  @HttpCode(200)
  add(@Injected(Query('n', Number)) n: number, @Injected() session: Session) {
    return count(session, n)
  }

  @Post('/login')
  login(@Injected() session: Session) {
    session.bind('ada')
    return {}
  }

  @Post('/logout')
  logout(@Injected() session: Session) {
    session.destroy()
    return {}
  }

  @Post('/throw')
  throw(@Injected() session: Session) {
    session.set('n', 99)
    throw new Error('broken')
  }

  @Post('/reject')
  async reject(@Injected() _session: Session) {
    throw new Error('rejected')
  }

  @Post('/headers')
  headers(@Injected() session: Session, @Res({ passthrough: true }) res: Sent) {
    count(session)
    res.header('set-cookie', ['first=1', 'second=2'])
    return 'ok'
  }

  @Post('/stream')
  stream(@Injected() session: Session) {
    session.set('n', 7)
    return new StreamableFile(Readable.from([BIG.subarray(0, 1_000_000), BIG.subarray(1_000_000)]))
  }

  @Post('/go')
  @Redirect('/count', 302)
  go(@Injected() session: Session) {
    session.set('n', 5)
  }

  /** Nest leaves the response to it. */
  @Post('/by-hand')
  async byHand(@Injected() session: Session, @Res() res: Pick<ExpressResponse, 'send'>) {
    count(session)
    res.send('sent by hand')
  }

  @Post('/body')
  body(@Injected(Body()) body: object) {
    return body
  }
}

/** What it extends has injected parameters, too. */
@Injectable()
abstract class Carts {
  readonly #basket: Basket

  constructor(basket: Basket) {
    this.#basket = basket
  }

  @Post(':sku')
  @UseGuards(withCart)
  add(@Injected(Param('sku')) sku: string) {
    return this.#basket.add(sku)
  }
}

@Controller('cart')
class CartController extends Carts {}

/** Notes errors, and responds to them. */
function filterOf(errors: unknown[], nest: () => INestApplication): ExceptionFilter {
  @Catch()
  class Filter implements ExceptionFilter {
    catch(error: Error & { status?: number }, host: ArgumentsHost) {
      const { status = 500 } = error
      if (status !== 404) errors.push(error)
      const text = `host: ${status === 404 ? 'not found' : error.message}`
      nest().getHttpAdapter().reply(host.switchToHttp().getResponse(), text, status)
    }
  }
  return new Filter()
}

const adapters = {
  Express: () => new ExpressAdapter(),
  Fastify: () => new FastifyAdapter(),
}

async function serveNest(
  platform: keyof typeof adapters,
  { app, mounted }: SiteParts,
): Promise<HostSite> {
  @Module({
    imports: [IngotModule.forRoot(app, { provide: [Cart] })],
    controllers: [Site, CartController],
    providers: [Basket],
  })
  class SiteModule {}

  const errors: unknown[] = []
  const nest = await NestFactory.create(SiteModule, adapters[platform](), {
    logger: false,
    abortOnError: false,
  })
  nest.useGlobalFilters(filterOf(errors, () => nest))
  const instance: unknown = nest.getHttpAdapter().getInstance()
  if (platform === 'Express') {
    nest.use((_req: Request, res: ExpressResponse, next: NextFunction) => {
      res.set('x-host', 'here').vary('Accept-Language')
      next()
    })
    const cookie = (_req: Request, res: ExpressResponse, next: NextFunction) => {
      res.cookie('first', '1')
      next()
    }
    nest.use('/shop', cookie, mountOnExpress(mounted))
  } else {
    const shop = instance as FastifyInstance
    shop.addHook('onRequest', async (_request, reply) => {
      reply.header('x-host', 'here').header('vary', 'Accept-Language')
    })
    shop.register(async (below) => {
      below.addHook('onRequest', async (_request, reply) => {
        reply.header('set-cookie', 'first=1')
      })
      below.register(mountOnFastify(mounted), { prefix: '/shop' })
    })
  }
  await nest.listen(0, 'localhost')
  return {
    url: await nest.getUrl(),
    errors,
    close: async () => {
      ;(nest.getHttpServer() as { closeAllConnections(): void }).closeAllConnections()
      await nest.close()
    },
  }
}

hostSuite('Nest on Express', (parts) => serveNest('Express', parts))

hostSuite('Nest on Fastify', (parts) => serveNest('Fastify', parts))

describe.each(Object.keys(adapters) as (keyof typeof adapters)[])('Nest on %s', (platform) => {
  test('a handler that sends the response by itself waits for the session, too', async () => {
    const components = [
      sessions(new BackendStore(new GatedBackend()), { onWarning: () => {} }),
      scoped(Cart, [Session], (session) => new Cart(session)),
    ]
    const app = new App({ routes: [], components })
    const { url, close } = await serveNest(platform, { app, mounted: app })
    onTestFinished(close)
    const response = await fetch(`${url}/by-hand`, { method: 'POST' })
    expect(await response.text()).toBe('sent by hand')
    const headers = { cookie: cookieOf(response) }
    expect(await (await fetch(`${url}/count`, { headers })).json()).toEqual({ n: 1 })
  })
})

describe('the module of Nest', () => {
  const start = async (
    app: App,
    controller: new () => object,
    provide: (new () => object)[] = [],
  ) => {
    @Module({ imports: [IngotModule.forRoot(app, { provide })], controllers: [controller] })
    class Root {}
    const nest = await NestFactory.create(Root, new ExpressAdapter(), {
      logger: false,
      abortOnError: false,
    })
    onTestFinished(() => nest.close())
    await nest.init()
    return nest
  }

  class Prices {}

  test('does not start without what a parameter asks for, and names its route', async () => {
    @Controller('carts')
    class Shop {
      @Get(':sku')
      show(@Injected() _prices: Prices) {}
    }
    const error = await start(new App({ routes: [] }), Shop).catch((failure: unknown) => failure)
    expect((error as Error).message.replace(/:\d+/g, ':1')).toContain(
      '1. DI_MISSING (a handler of Nest at test/hosts/nest.test.ts:1, GET /carts/:sku): nothing provides Prices',
    )
  })

  test('does not start without what a guard, or a service, asks for', async () => {
    @Controller()
    @UseGuards(guard([Prices], () => true))
    class Guarded {}
    await expect(start(new App({ routes: [] }), Guarded)).rejects.toThrow('Prices')
    @Controller()
    class Plain {}
    await expect(start(new App({ routes: [] }), Plain, [Prices])).rejects.toThrow('Prices')
  })

  test('refuses a type that does not exist at run time', () => {
    interface Erased {
      readonly n: number
    }
    expect(() => {
      class Shop {
        show(@Injected() _erased: Erased) {}
      }
      return Shop
    }).toThrow(
      new TypeError(
        '@Injected() of Shop.show, parameter 0: its type does not exist at run time. Write @Injected(Token), or import the class without `type`.',
      ),
    )
  })

  test('a guard that says no is a 403, and what it wrote is kept', async () => {
    const app = new App({
      routes: [],
      components: [
        sessions(new MemoryStore(), { onWarning: () => {} }),
        scoped(Cart, [Session], (session) => new Cart(session)),
      ],
    })
    @Controller()
    class Shop {
      @Post('/')
      @UseGuards(
        guard([Session], (session, context) => {
          session.set('asked', context.getHandler().name)
          return false
        }),
      )
      never() {}

      @Get('/')
      asked(@Injected() session: Session) {
        return { asked: session.get('asked') }
      }
    }
    const nest = await start(app, Shop)
    await nest.listen(0, 'localhost')
    const url = await nest.getUrl()
    const refused = await fetch(url, { method: 'POST' })
    expect(refused.status).toBe(403)
    const headers = { cookie: cookieOf(refused) }
    expect(await (await fetch(url, { headers })).json()).toEqual({ asked: 'never' })
  })

  test('a value of the request cannot be had in another context, and the message says so', async () => {
    const app = new App({ routes: [], components: [sessions(new MemoryStore())] })
    const Guard = guard([Session], () => true)
    @Controller()
    @UseGuards(Guard)
    class Shop {}
    const nest = await start(app, Shop)
    const message = { switchToHttp: () => ({ getRequest: () => ({ kind: 'message' }) }) }
    const made = nest.get(Guard, { strict: false })
    await expect(made.canActivate(message as never)).rejects.toThrow('Only what handles an http')
  })
})
