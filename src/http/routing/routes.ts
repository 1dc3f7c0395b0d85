import {
  callable,
  describeGiven,
  DIProblem,
  fromAnotherCopy,
  isObject,
  recognize,
} from '../../di/index.js'
import { isController, routesOf } from './controller.js'
import { RouteGroup, type Routes } from './route-group.js'
import { Route } from './route.js'

recognize((thing) => thing instanceof Route || thing instanceof RouteGroup || isController(thing))

/** Every route of a list; calls `refuse` for whatever is neither a route nor a controller. */
export function collectRoutes(listed: Routes, refuse: (mistake: DIProblem) => void): Route[] {
  return listed.flatMap((one) => {
    if (Array.isArray(one)) return collectRoutes(one as Routes, refuse)
    if (one instanceof Route) return [one]
    if (one instanceof RouteGroup)
      return collectRoutes(one.routes, refuse).map((route) => one.include(route))
    if (isController(one)) return routesOf(one, refuse)
    refuse(noController(one))
    return []
  })
}

/** Two routes that take the same requests: the second would never run. */
export function duplicateRoute(route: Route, present: Route): DIProblem {
  return new DIProblem({
    code: 'DI_DUPLICATE_ROUTE',
    problem: `${placeOf(present)} and ${placeOf(route)} take the same requests.`,
    path: [nameOf(present), nameOf(route)],
    remedy: 'Remove one of them, or give it another path or method.',
    route: String(route),
  })
}

/** A route with its line: the two may be in different files. */
function placeOf(route: Route): string {
  const site = route.site?.toString()
  return site ? `${String(route)} (${site})` : String(route)
}

function nameOf({ handler, tokens }: Route): string {
  return callable(handler, { ...(tokens && { tokens }) }).name
}

function noController(listed: unknown): DIProblem {
  const name =
    typeof listed === 'function' && listed.name !== ''
      ? listed.name
      : isObject(listed)
        ? describeGiven(listed)
        : typeof listed
  return new DIProblem({
    code: 'DI_CONSTRUCTION',
    problem: `${name} is in \`routes\`, but is neither a controller nor a route.`,
    path: ['routes', name],
    remedy:
      fromAnotherCopy(listed) ??
      elsewhere(listed) ??
      'Decorate the class with @Controller(), or make a route with route.get(path, tokens, handler).',
    route: undefined,
  })
}

/** What is right in itself, and stands in the wrong place or form. */
function elsewhere(listed: unknown): string | undefined {
  if (!isObject(listed)) return undefined
  if ('canHandleParameter' in listed) return 'It is a component: list it in `components`.'
  const { constructor: made } = listed
  return isController(made)
    ? `List the class itself, ${made.name}, and not an object of it.`
    : undefined
}
