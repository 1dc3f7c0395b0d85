import { isByName, isMarker, type Marker, type Parameter } from '../../di/index.js'
import { BodyField } from './body-field.js'
import { oneOf } from './type-of-text.js'
import type { TextType } from '../request/conversion.js'
import type { Field } from '../request/exchange.js'
import type { BodyType } from './markers.js'
import { PLACES, TextField } from './text-field.js'

const fields = new WeakMap<Parameter, Field | undefined>()

/** What a parameter takes from the request, when its token is a marker such as `Query('n')`. */
export function fieldOf(parameter: Parameter): Field | undefined {
  if (!fields.has(parameter)) fields.set(parameter, makeField(parameter))
  return fields.get(parameter)
}

function makeField({ token, isOptional, designType }: Parameter): Field | undefined {
  if (!isMarker(token)) return undefined
  if (token.label === 'Body')
    return new BodyField((token.details[0] ?? designType) as BodyType | undefined, isOptional)
  const place = PLACES.get(token.label)
  if (!place) return undefined
  const [name, given, list] = token.details as [string, TextType?, string?]
  const ownType = isByName(token) ? undefined : given
  const type = ownType ?? (designType as TextType | undefined) ?? literalsOf(token) ?? String
  return new TextField(place, name, type, {
    isOptional,
    isList: list === 'list',
  })
}

/** A parameter by name without a primitive type is one of some literals. */
function literalsOf(token: Marker<unknown>): TextType | undefined {
  return isByName(token) ? oneOf(token.details[1] as string) : undefined
}
