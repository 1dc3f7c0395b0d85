import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describeGiven, marker, noteRemedy, type Marker } from '../../di/index.js'
import { isStandardSchema, type Converted, type TextType } from '../request/conversion.js'

/** What a body is checked against: a Standard Schema, or the constructor of what it must be. `String` takes text, `Uint8Array` any bytes. */
export type BodyType =
  | StandardSchemaV1
  | StringConstructor
  | NumberConstructor
  | BooleanConstructor
  | ArrayConstructor
  | Uint8ArrayConstructor

type BodyValue<Type> = Type extends Uint8ArrayConstructor
  ? Uint8Array
  : Type extends ArrayConstructor
    ? unknown[]
    : Type extends TextType
      ? Converted<Type>
      : never

/**
 * A parameter of the path, percent-decoded once: `Param('sku')` of `/cart/:sku`. `ready()` fails when the
 * path has no parameter of that name.
 *
 * `type` is what it is converted to. Default: the parameter's own type where TypeScript emitted it
 * (`@Param('n') n: number`), else a string.
 */
export function Param(name: string): Marker<string>
export function Param<const Type extends TextType>(
  name: string,
  type: Type,
): Marker<Converted<Type>>
export function Param(name: string, type?: TextType): Marker<unknown> {
  return text('Param', name, type)
}

/**
 * A parameter of the query, the first of its name. A list such as `Query('tag', [String])` takes all of
 * them, and is empty when there is none.
 *
 * `type` is as for {@link Param}. A Standard Schema is given `undefined` when there is no such parameter.
 */
export function Query(name: string): Marker<string>
export function Query<const Type extends TextType>(
  name: string,
  type: Type,
): Marker<Converted<Type>>
export function Query<const Type extends TextType>(
  name: string,
  type: readonly [Type],
): Marker<Converted<Type>[]>
export function Query(name: string, type?: TextType | readonly [TextType]): Marker<unknown> {
  if (!isList(type)) return text('Query', name, type)
  text('Query', name, type[0])
  return marker('Query', name, type[0], 'list')
}

/** A header of the request; its name in any case. Types as for {@link Query}. */
export function Header(name: string): Marker<string>
export function Header<const Type extends TextType>(
  name: string,
  type: Type,
): Marker<Converted<Type>>
export function Header(name: string, type?: TextType): Marker<unknown> {
  checkName('Header', name)
  return text('Header', name.toLowerCase(), type)
}

/** A cookie of the request; its name exactly. Types as for {@link Query}. */
export function CookieValue(name: string): Marker<string>
export function CookieValue<const Type extends TextType>(
  name: string,
  type: Type,
): Marker<Converted<Type>>
export function CookieValue(name: string, type?: TextType): Marker<unknown> {
  return text('CookieValue', name, type)
}

/**
 * The body: JSON, or a form as an object of its fields (a repeated field is an array). Another content
 * type is a 415, a body over the limit a 413, one that does not fit a 400.
 *
 * `type` is what it is checked against. Default: any value.
 */
export function Body(): Marker<unknown>
export function Body<const Type extends BodyType>(type: Type): Marker<BodyValue<Type>>
export function Body(type?: BodyType): Marker<unknown> {
  checkType('Body', type)
  return type === undefined ? marker('Body') : marker('Body', type)
}

/** A type that was not given is left out, so that `Query('n')` is the same token everywhere. */
function text(label: string, name: string, type: TextType | undefined): Marker<unknown> {
  checkName(label, name)
  checkType(`${label}('${name}')`, type)
  return type === undefined ? marker(label, name) : marker(label, name, type)
}

function checkName(label: string, name: unknown): void {
  if (typeof name !== 'string')
    throw new TypeError(
      `${label} takes a name first, not ${describeGiven(name)}: ${label}('name').`,
    )
}

/** What is neither a class nor a schema would be called for each request, and fail there or let everything in. */
function checkType(written: string, type: unknown): void {
  if (type === undefined || typeof type === 'function' || isStandardSchema(type)) return
  throw new TypeError(
    `The type of ${written} is a class such as Number, or a schema of zod, valibot or arktype, not ${describeGiven(type)}.`,
  )
}

function isList(type: TextType | readonly [TextType] | undefined): type is readonly [TextType] {
  return Array.isArray(type)
}

for (const [made, example] of [
  [Param, "Param('id')"],
  [Query, "Query('page')"],
  [Header, "Header('accept')"],
  [CookieValue, "CookieValue('theme')"],
  [Body, 'Body()'],
] as const)
  noteRemedy(
    made,
    `It is no type, and makes a token when it is called: \`${example}\`, as in route.get(path, [${example}, …], fn) or inject([${example}, …], fn).`,
  )
