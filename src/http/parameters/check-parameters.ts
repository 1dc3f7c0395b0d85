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

/** The fields of the request that the functions and components of a plan take. */
export function fieldsOf(plan: Plan<Response>): readonly Field[] {
  return markedParameters(plan).flatMap((parameter) => fieldOf(parameter) ?? [])
}

/** Mistakes that need the route to be seen: parameters that its path does not have, types that are erased. */
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
          : `${didYouMean(name, names)} The path has ${names.join(', ')}.`.trimStart(),
      route: String(route),
    }),
  ]
}

/** A plain parameter of a primitive type is one of the path, by its name: its type does not say where else to look. */
function unknownName({ token, owner, designType }: Parameter, route: Route): DIProblem[] {
  if (!isByName(token)) return []
  const name = token.details[0] as string
  const names = namesIn(route.path)
  if (names.includes(name)) return []
  const has = names.length === 0 ? 'none' : names.join(', ')
  const type = designType && designType !== String ? `, ${designType.name}` : ''
  const marker = `Query('${name}'${type})`
  const added = `${route.path.replace(/\/$/, '')}/:${name}`
  const withColons = route.path.replaceAll(/[{<[](\w+)[}>\]]/g, ':$1')
  const remedy = namesIn(withColons).includes(name)
    ? `A parameter of the path is written with a colon: ${withColons}.`
    : `${didYouMean(name, names)} ${names.length > 0 ? 'Name it as in the path, or write' : 'Write'} it into the path: ${added}; or say where else it comes from: inject([${marker}, …], fn), or @${marker} before the parameter of a method.`
  return [
    new DIProblem({
      code: 'DI_UNKNOWN_PARAMETER',
      problem: `parameter \`${describeToken(token)}\` of ${owner} takes the parameter of the path that has its name, but ${route.path} has ${has}.`,
      path: [owner, describeToken(token)],
      remedy: remedy.trimStart(),
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

/** What TypeScript emits for a type that does not exist at run time. */
const ERASED: ReadonlySet<unknown> = new Set([Object, Function, Array, Promise, Symbol])
/** The types that can be a body without a schema. */
const BODIES: ReadonlySet<unknown> = new Set([
  undefined,
  Object,
  Array,
  String,
  Number,
  Boolean,
  Uint8Array,
])

/** A marker without a type converts to the parameter's own type, so that one has to exist at run time. */
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
