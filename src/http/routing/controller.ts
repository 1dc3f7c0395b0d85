import { DIProblem, noteInjectable, type ClassToken } from '../../di/index.js'
import { joinPaths } from './join-paths.js'
import { decoratedRoutes, writtenAs, type DecoratedRoute } from './route-decorators.js'
import { checkRouteOptions, Route, type RouteOptions } from './route.js'

/** Makes a class a controller. Works as a legacy and as a TC39 decorator. */
export type ControllerDecorator = (target: Function, context?: ClassDecoratorContext) => void

interface Prefix extends RouteOptions {
  readonly path: string
}

const prefixes = new WeakMap<Function, Prefix>()

/**
 * Makes a class a controller. One instance is built at start-up, with what its constructor asks for. It
 * inherits the routes of the classes it extends, unless it overrides them.
 *
 * @param prefix is put before the path of each of its routes.
 */
export function Controller(prefix = '', options: RouteOptions = {}): ControllerDecorator {
  if (typeof prefix !== 'string')
    throw new TypeError(
      `@Controller on ${(prefix as Function).name} lacks its parentheses: write @Controller() or @Controller('/path').`,
    )
  checkRouteOptions(`@Controller('${prefix}')`, options)
  return (target) => {
    noteInjectable(target)
    prefixes.set(target, { ...options, path: prefix })
  }
}

/** Whether a class is a controller. */
export function isController(target: unknown): target is ClassToken {
  return typeof target === 'function' && prefixes.has(target)
}

/**
 * The routes of a controller, those of its base classes first; calls `refuse` for a route whose method is gone, and
 * for a controller without routes.
 */
export function routesOf(controller: ClassToken, refuse: (mistake: DIProblem) => void): Route[] {
  const prefix = prefixes.get(controller)!
  const methods = [...methodsOf(controller.prototype as object)]
  if (methods.length === 0) refuse(noRoutes(controller))
  return methods.flatMap(([name, { routes, isGone }]) => {
    if (isGone) refuse(noMethod(controller, name, routes[0]!))
    if (isGone) return []
    return routes.map(({ method, path, middleware = [], ...route }) => {
      const outer = prefix.middleware ?? []
      const options = { ...prefix, ...route, middleware: [...outer, ...middleware] }
      return new Route(method, joinPaths(prefix.path, path), [controller, name], options)
    })
  })
}

function noRoutes({ name }: ClassToken): DIProblem {
  return new DIProblem({
    code: 'DI_NO_ROUTE',
    problem: `the controller ${name} has no route.`,
    path: ['routes', name],
    remedy:
      'Decorate a method with @Get(path) or the like; above other decorators of the method, where those put another function in its place.',
    route: undefined,
  })
}

function noMethod(controller: ClassToken, name: string | symbol, route: DecoratedRoute): DIProblem {
  const verb = writtenAs(route.method, route.path)
  const at = String(route.site)
  return new DIProblem({
    code: 'DI_NO_ROUTE',
    problem: `${controller.name}.${String(name)} has a route, but another decorator made it no method.`,
    path: ['routes', controller.name, String(name)],
    remedy: `Remove the decorator that stands with ${verb}${at && ` at ${at}`}, or let it return a function.`,
    route: undefined,
  })
}

interface RoutedMethod {
  readonly routes: readonly DecoratedRoute[]
  /** Whether a decorator put something else in the place of the method. */
  readonly isGone: boolean
}

/** Each method with a route by name, from the base class down, so that an override replaces what it overrides. */
function methodsOf(prototype: object): Map<string | symbol, RoutedMethod> {
  const base = Object.getPrototypeOf(prototype) as object | null
  const methods =
    base && base !== Object.prototype ? methodsOf(base) : new Map<string | symbol, RoutedMethod>()
  for (const name of Reflect.ownKeys(prototype)) {
    const isGone = typeof Object.getOwnPropertyDescriptor(prototype, name)!.value !== 'function'
    const routes = decoratedRoutes.of(prototype, name)
    if (routes) methods.set(name, { routes, isGone })
    else if (!isGone) methods.delete(name)
  }
  return methods
}
