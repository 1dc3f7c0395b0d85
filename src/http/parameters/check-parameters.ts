import {
  describeToken,
  didYouMean,
  DIProblem,
  isByName,
  isMarker,
  type Parameter,
  type Plan,
} from '../../di/index.js'
import type { Field } from '../request/exchange.js'
import { fieldOf } from './field.js'
import type { Route } from '../routing/route.js'
import { PLACES } from './text-field.js'

/** What the functions and components of a plan take from the request. */
export function fieldsOf(plan: Plan<Response>): readonly Field[] {
  return markedParameters(plan).flatMap((parameter) => fieldOf(parameter) ?? [])
}

/** Wiring mistakes that only a route shows: parameters its path does not have, types that say nothing. */
export function problemsOf(route: Route, plan: Plan<Response>): DIProblem[] {
  const problems: DIProblem[] = []
  for (const parameter of markedParameters(plan)) {
    problems.push(
      ...unknownParameter(parameter, route),
      ...unknownName(parameter, route),
      ...erasedType(parameter, route),
    )
  }
  return problems
}

/** Those that take something from the request. */
function markedParameters(plan: Plan<Response>): Parameter[] {
  return [...plan.parameters].filter(isField)
}

function isField({ token }: Parameter): boolean {
  return isMarker(token) && (token.label === 'Body' || PLACES.has(token.label))
}

function unknownParameter({ token, owner }: Parameter, route: Route): DIProblem[] {
  if (!isMarker(token, 'Param')) return []
  const name = token.details[0] as string
  const names = namesIn(route.path)
  if (names.includes(name)) return []
  return [
    new DIProblem({
      code: 'DI_UNKNOWN_PARAMETER',
      problem: `unknown route parameter: the path ${route.path} has no \`${name}\`.`,
      path: [owner, describeToken(token)],
      remedy:
        names.length === 0
          ? `Write it into the path: ${route.path.replace(/\/$/, '')}/:${name}.`
          : `The path has ${names.join(', ')}.${didYouMean(name, names)}`,
      route: String(route),
    }),
  ]
}

/** A primitive is taken from the path by its name: from where else, its type does not say. */
function unknownName({ token, owner, designType }: Parameter, route: Route): DIProblem[] {
  if (!isByName(token)) return []
  const name = token.details[0] as string
  const names = namesIn(route.path)
  if (names.includes(name)) return []
  const has = names.length === 0 ? 'none' : names.join(', ')
  const type = designType && designType !== String ? `, ${designType.name}` : ''
  const marker = `Query('${name}'${type})`
  return [
    new DIProblem({
      code: 'DI_UNKNOWN_PARAMETER',
      problem: `parameter \`${describeToken(token)}\` of ${owner} takes the parameter of the path that has its name, but ${route.path} has ${has}.`,
      path: [owner, describeToken(token)],
      remedy: `Write it into the path: ${route.path.replace(/\/$/, '')}/:${name}; or say where else it comes from: inject([${marker}, …], fn), or @${marker} before the parameter of a method.${didYouMean(name, names)}`,
      route: String(route),
    }),
  ]
}

/** The names of rou3's patterns; `*`, `**` and unnamed groups are numbered from 0. */
function namesIn(path: string): string[] {
  const named = path.match(/(?<=(?<!\\):)[A-Za-z_]\w*/g) ?? []
  const unnamed = path.replaceAll(/\*\*:|:\w+(\([^)]*\))?[*+?]?/g, '').match(/\*+|\([^)]*\)/g) ?? []
  return [...named, ...unnamed.map((_, index) => String(index))]
}

/** What TypeScript emits for a type that is gone at run time. */
const ERASED: ReadonlySet<unknown> = new Set([Object, Function, Array, Promise, Symbol])
/** A body as it comes may be anything; what has a shape needs a schema. */
const BODIES: ReadonlySet<unknown> = new Set([
  undefined,
  Object,
  Array,
  String,
  Number,
  Boolean,
  Uint8Array,
])

/** Without a type of its own a marker converts to the parameter's: one that is gone would give the wrong thing. */
function erasedType({ token, owner, designType }: Parameter, route: Route): DIProblem[] {
  if (!isMarker(token)) return []
  const isBody = token.label === 'Body'
  const given = isBody ? token.details[0] : token.details[1]
  const isFine = given !== undefined || (isBody ? BODIES.has(designType) : !ERASED.has(designType))
  if (isFine) return []
  const written = describeToken(token)
  return [
    new DIProblem({
      code: 'DI_ERASED',
      problem: `${written} cannot tell what to convert to: the parameter's type is ${designType?.name} at run time.`,
      path: [owner, written],
      remedy: isBody
        ? 'Give it a schema: Body(schema).'
        : `Give it a type: ${written.replace(/\)$/, ', String)')}, or a schema; a list is ${written.replace(/\)$/, ', [String])')}.`,
      route: String(route),
    }),
  ]
}
