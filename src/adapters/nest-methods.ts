import { RequestMethod, type Type } from '@nestjs/common'
import type { AnyToken, ClassToken, Site } from '../di/index.js'
import type { HostFunction } from '../http/index.js'
import type { AskRequest, NestRequest, NestScopes } from './nest-scopes.js'

/** Methods of controllers that have injected parameters, by the prototype that declares them. */
const METHODS = new WeakMap<object, Map<string | symbol, InjectedMethod>>()

/** One method of a controller: what its parameters ask for is asked for together. */
export class InjectedMethod {
  readonly #key: string | symbol
  readonly #parameters: { readonly index: number; readonly token: AnyToken }[] = []
  readonly #asked = new WeakMap<NestScopes, AskRequest>()
  readonly #site: Site

  constructor(key: string | symbol, site: Site) {
    this.#key = key
    this.#site = site
  }

  static of(prototype: object, key: string | symbol, site: Site): InjectedMethod {
    const methods = METHODS.get(prototype) ?? new Map<string | symbol, InjectedMethod>()
    METHODS.set(prototype, methods)
    const method = methods.get(key) ?? new InjectedMethod(key, site)
    methods.set(key, method)
    return method
  }

  add(index: number, token: AnyToken): void {
    this.#parameters.push({ index, token })
    this.#parameters.sort((one, other) => one.index - other.index)
  }

  async valueAt(index: number, scopes: NestScopes, request: NestRequest): Promise<unknown> {
    const values = await this.askedIn(scopes)(request)
    return values[this.#parameters.findIndex((parameter) => parameter.index === index)]
  }

  /** @param controller whose route messages name. */
  askedIn(scopes: NestScopes, controller?: Type): AskRequest {
    const known = this.#asked.get(scopes)
    if (known) return known
    const fn = (controller?.prototype as Record<string | symbol, HostFunction>)?.[this.#key]
    const asked = scopes.ask(
      this.#parameters.map(({ token }) => token),
      fn ?? (() => undefined),
      { site: this.#site, routeOf: () => fn && routeOf(controller!, fn) },
    )
    this.#asked.set(scopes, asked)
    return asked
  }
}

/** The methods of a controller, and of what it extends, that have injected parameters. */
export function methodsOf(controller: Type): InjectedMethod[] {
  const methods: InjectedMethod[] = []
  let prototype = controller.prototype as object | null
  for (; prototype; prototype = Object.getPrototypeOf(prototype) as object | null)
    methods.push(...(METHODS.get(prototype)?.values() ?? []))
  return methods
}

/** The type of a parameter as a token. @throws TypeError when it does not exist at run time. */
export function typeOf(prototype: object, key: string | symbol, index: number): AnyToken {
  const types = Reflect.getMetadata('design:paramtypes', prototype, key) as unknown[] | undefined
  const type = types?.[index]
  if (typeof type === 'function' && type !== Object && type !== Function) return type as ClassToken
  const place = `${prototype.constructor.name}.${String(key)}, parameter ${index}`
  throw new TypeError(
    `@Injected() of ${place}: its type does not exist at run time. Write @Injected(Token), or import the class without \`type\`.`,
  )
}

/** What Nest's decorators have noted: `GET /cart/:sku`, without the prefix of the whole application. */
function routeOf(controller: Type, fn: HostFunction): string | undefined {
  const method = Reflect.getMetadata('method', fn) as number | undefined
  if (method === undefined) return undefined
  const path = [controller, fn]
    .map((holder) => [Reflect.getMetadata('path', holder) as string | string[]].flat()[0] ?? '')
    .flatMap((part) => part.split('/').filter(Boolean))
  return `${RequestMethod[method]} /${path.join('/')}`
}
