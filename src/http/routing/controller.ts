import { decorated, noteInjectable, type ClassToken } from '../../di/index.js'
import { joinPaths } from './join-paths.js'
import { Route, type HttpMethod, type RouteOptions } from './route.js'

/** Makes a class a controller. Works as a legacy and as a TC39 decorator. */
export type ControllerDecorator = (target: Function, context?: ClassDecoratorContext) => void

/** Makes a method the handler of a route. Works as a legacy and as a TC39 decorator; a method may have several. */
export interface RouteDecorator {
  (method: Function, context: ClassMethodDecoratorContext): void
  (target: object, name: string | symbol, descriptor: PropertyDescriptor): void
}

interface Prefix extends RouteOptions {
  readonly path: string
}

interface DecoratedRoute extends RouteOptions {
  readonly method: HttpMethod
  readonly path: string
}

const prefixes = new WeakMap<Function, Prefix>()
const decoratedRoutes = new WeakMap<Function, DecoratedRoute[]>()

/**
 * Makes a class a controller. One instance is built at start-up, with what its constructor asks for. It
 * inherits the routes of the classes it extends, unless it overrides them.
 *
 * @param prefix is put before the path of each of its routes.
 */
export function Controller(prefix = '', options: RouteOptions = {}): ControllerDecorator {
  return (target) => {
    noteInjectable(target)
    prefixes.set(target, { ...options, path: prefix })
  }
}

export const Get = decoratorFor('GET')
export const Post = decoratorFor('POST')
export const Put = decoratorFor('PUT')
export const Patch = decoratorFor('PATCH')
export const Delete = decoratorFor('DELETE')
export const Head = decoratorFor('HEAD')
export const Options = decoratorFor('OPTIONS')

/** Whether a class is a controller. */
export function isController(target: unknown): target is ClassToken {
  return typeof target === 'function' && prefixes.has(target)
}

/** The routes of a controller, those of its base classes first. */
export function routesOf(controller: ClassToken): Route[] {
  const prefix = prefixes.get(controller)!
  return [...methodsOf(controller.prototype as object)].flatMap(([name, handler]) =>
    (decoratedRoutes.get(handler) ?? []).map(({ method, path, middleware = [] }) => {
      const options = { middleware: [...(prefix.middleware ?? []), ...middleware] }
      return new Route(method, joinPaths(prefix.path, path), [controller, name], options)
    }),
  )
}

function decoratorFor(
  httpMethod: HttpMethod,
): (path?: string, options?: RouteOptions) => RouteDecorator {
  return (path = '', options = {}) =>
    (target: unknown, second: unknown, descriptor?: PropertyDescriptor): void => {
      const method = decorated(target, second, descriptor)
      if (!method?.isOfInstance)
        throw new TypeError(
          `A route decorator such as @Get('${path}') decorates the methods of instances only`,
        )
      // Decorators run from the last to the first; this restores the order in which they are written.
      const later = decoratedRoutes.get(method.target) ?? []
      decoratedRoutes.set(method.target, [{ ...options, method: httpMethod, path }, ...later])
    }
}

/** Each method by name, from the base class down, so that an override replaces what it overrides. */
function methodsOf(prototype: object): Map<string | symbol, Function> {
  const base = Object.getPrototypeOf(prototype) as object | null
  const methods =
    base && base !== Object.prototype ? methodsOf(base) : new Map<string | symbol, Function>()
  for (const name of Reflect.ownKeys(prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name)!
    if (typeof value === 'function' && name !== 'constructor') methods.set(name, value as Function)
  }
  return methods
}
