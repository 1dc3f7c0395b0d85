/**
 * Controllers, guards and services of Nest that ask by type.
 *
 * @module ingot/nest
 */
import {
  createParamDecorator,
  Inject,
  Injectable,
  mixin,
  Module,
  Scope,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type OnModuleInit,
  type PipeTransform,
  type Type,
} from '@nestjs/common'
import { HttpAdapterHost, ModulesContainer, REQUEST } from '@nestjs/core'
import { CallSite, type AnyToken, type ClassToken, type Values } from '../di/index.js'
import type { App } from '../http/index.js'
import { InjectedMethod, methodsOf, typeOf } from './nest-methods.js'
import { NestScopes, type AskRequest, type NestRequest } from './nest-scopes.js'

/** Lets a Nest application ask an application of Ingot: `imports: [IngotModule.forRoot(app)]`, once. */
@Module({})
export class IngotModule implements OnModuleInit {
  readonly #scopes: NestScopes
  readonly #modules: ModulesContainer

  /** @internal */
  constructor(@Inject(NestScopes) scopes: NestScopes, @Inject(ModulesContainer) modules: unknown) {
    this.#scopes = scopes
    this.#modules = modules as ModulesContainer
  }

  /**
   * @param app stays open when Nest closes: close it yourself.
   * @param options `provide`: classes for constructors of services, which Nest then makes for each request.
   */
  static forRoot(
    app: App,
    { provide = [] }: { readonly provide?: readonly ClassToken[] } = {},
  ): DynamicModule {
    // oxlint-disable-next-line typescript/unbound-method -- says where the caller's part of the stack begins
    const site = new CallSite(IngotModule.forRoot)
    const useFactory = ({ httpAdapter }: HttpAdapterHost): NestScopes => {
      const scopes = new NestScopes(app, httpAdapter)
      for (const token of provide) scopes.provide(token, site)
      return scopes
    }
    const values = provide.map((token) => ({
      provide: token,
      scope: Scope.REQUEST,
      inject: [NestScopes, REQUEST],
      useFactory: (scopes: NestScopes, request: NestRequest) => scopes.provided(token, request),
    }))
    return {
      module: IngotModule,
      global: true,
      providers: [{ provide: NestScopes, inject: [HttpAdapterHost], useFactory }, ...values],
      exports: [NestScopes, ...provide],
    }
  }

  /** Nest does not start before the application is ready. */
  async onModuleInit(): Promise<void> {
    const modules = Array.from(this.#modules.values())
    const controllers = modules.flatMap((one) => Array.from(one.controllers.values()))
    for (const { metatype } of controllers)
      for (const method of methodsOf(metatype as Type))
        method.askedIn(this.#scopes, metatype as Type)
    await this.#scopes.app.ready()
  }
}

/**
 * A parameter of a controller's method: `add(@Injected() cart: Cart, @Injected(Param('sku')) sku: string)`. All that
 * ask within one request share its values, such as the `Session`, which is stored before the first byte of the
 * response leaves.
 *
 * @param token what it asks for. Default: its type.
 * @param pipes of Nest, which are given the value.
 * @throws TypeError when the type does not exist at run time.
 */
export function Injected(
  token?: AnyToken,
  ...pipes: readonly (Type<PipeTransform> | PipeTransform)[]
): ParameterDecorator {
  const site = new CallSite(Injected)
  return (prototype, key, index) => {
    const method = InjectedMethod.of(prototype, key!, site)
    method.add(index, token ?? typeOf(prototype, key!, index))
    take({ method, index }, ScopedValue, ...pipes)(prototype, key, index)
  }
}

type Parameter = { readonly method: InjectedMethod; readonly index: number }

type Taken = Parameter & { readonly context: ExecutionContext }

const take = createParamDecorator((parameter: Parameter, context): Taken => {
  return { ...parameter, context }
})

/** A pipe, because Nest gives its pipes what they ask for. */
@Injectable()
class ScopedValue implements PipeTransform<Taken, Promise<unknown>> {
  readonly #scopes: NestScopes

  constructor(@Inject(NestScopes) scopes: NestScopes) {
    this.#scopes = scopes
  }

  transform({ method, index, context }: Taken): Promise<unknown> {
    return method.valueAt(index, this.#scopes, requestOf(context))
  }
}

/**
 * Makes a guard that asks by type: `@UseGuards(guard([SessionView], (session) => session.userId !== undefined))`.
 *
 * @param fn is given what it asks for, and then Nest's context; false is a 403, as of every guard.
 */
export function guard<const Tokens extends readonly AnyToken[]>(
  tokens: Tokens,
  fn: (...values: [...Values<Tokens>, context: ExecutionContext]) => boolean | Promise<boolean>,
): Type<CanActivate> {
  const site = new CallSite(guard)
  class InjectedGuard implements CanActivate {
    readonly #ask: AskRequest

    constructor(@Inject(NestScopes) scopes: NestScopes) {
      this.#ask = scopes.ask(tokens, fn, { site })
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const values = (await this.#ask(requestOf(context))) as Values<Tokens>
      return fn(...values, context)
    }
  }
  return mixin(InjectedGuard)
}

function requestOf(context: ExecutionContext): NestRequest {
  return context.switchToHttp().getRequest<NestRequest>()
}
