import {
  bareDecorated,
  CallSite,
  decorated,
  isObject,
  MethodFacts,
  noteMethod,
} from '../../di/index.js'
import { checkRouteOptions, type HttpMethod, type RouteOptions } from './route.js'

/** Makes a method the handler of a route. Works as a legacy and as a TC39 decorator; a method may have several. */
export interface RouteDecorator {
  (method: Function, context: ClassMethodDecoratorContext): void
  (target: object, name: string | symbol, descriptor: PropertyDescriptor): void
}

/** A route as its decorator says it. */
export interface DecoratedRoute extends RouteOptions {
  readonly method: HttpMethod
  readonly path: string
  readonly site: CallSite
}

/** The routes of each decorated method. */
export const decoratedRoutes = new MethodFacts<readonly DecoratedRoute[]>()

export const Get = decoratorFor('GET')
export const Post = decoratorFor('POST')
export const Put = decoratorFor('PUT')
export const Patch = decoratorFor('PATCH')
export const Delete = decoratorFor('DELETE')
export const Head = decoratorFor('HEAD')
export const Options = decoratorFor('OPTIONS')

/** How a decorator is written: `@Get('/cart')`. */
export function writtenAs(method: HttpMethod, path?: string): string {
  const name = `@${method[0]}${method.slice(1).toLowerCase()}`
  return path === undefined ? name : `${name}('${path}')`
}

function decoratorFor(
  httpMethod: HttpMethod,
): (path?: string, options?: RouteOptions) => RouteDecorator {
  return function decorator(path = '', options = {}, ...others: unknown[]): RouteDecorator {
    if (typeof path !== 'string')
      throw withoutParentheses(writtenAs(httpMethod), [path, options, ...others])
    checkRouteOptions(writtenAs(httpMethod, path), options)
    const site = new CallSite(decorator)
    return (target: unknown, second: unknown, descriptor?: PropertyDescriptor): void => {
      const method = decorated(target, second, descriptor)
      if (!method?.isOfInstance) throw misplaced(writtenAs(httpMethod, path), target, second)
      const route = { ...options, method: httpMethod, path, site }
      // Decorators run from the last to the first; this restores the order in which they are written.
      noteMethod(method)
      decoratedRoutes.note(method, (later = []) => [route, ...later])
      if (!method.owner)
        refuseReplacement(second as ClassMethodDecoratorContext, method.target, route)
    }
  }
}

/** TC39 decorators are told the name in a context, and not the class. */
function misplaced(written: string, target: unknown, second: unknown): TypeError {
  const { name } = isObject(second) ? (second as { readonly name?: unknown }) : { name: second }
  const owner = typeof target === 'function' ? target : (target as object | undefined)?.constructor
  // oxc gives no name of a private method.
  const member = String(name) || '#'
  const place = isObject(second) || !owner ? member : `${owner.name}.${member}`
  const method = member.replace('#', '') || 'name'
  return new TypeError(
    `${written} on ${place}: a route is a method, \`${method}() { … }\`, and not static, private, a field or an accessor.`,
  )
}

function withoutParentheses(written: string, given: readonly unknown[]): TypeError {
  const method = bareDecorated(given)
  return new TypeError(
    method === undefined
      ? `The path of ${written}() is a text, not of type ${typeof given[0]}.`
      : `${written} on ${method} lacks its parentheses: write ${written}() or ${written}('/path').`,
  )
}

/**
 * TypeScript compiles TC39 decorators without metadata, unless there is a `Symbol.metadata`: then a route is known by its
 * function alone, and is lost when a decorator further out puts another in its place. An instance shows that.
 */
function refuseReplacement(
  context: ClassMethodDecoratorContext,
  fn: Function,
  { method, path }: DecoratedRoute,
): void {
  const { name } = context
  context.addInitializer(function (this: unknown): void {
    for (let one = this as object | null; one; one = Object.getPrototypeOf(one) as object | null)
      if (Object.getOwnPropertyDescriptor(one, name)?.value === fn) return
    const written = writtenAs(method, path)
    throw new TypeError(
      `${(this as object).constructor.name}.${String(name)} has lost its route: a decorator above ${written} replaces the method. Write ${written} above it.`,
    )
  })
}
