import { isByName, isMarker, type Parameter } from '../../di/index.js'
import { BodyField } from './body-field.js'
import type { TextType } from '../request/conversion.js'
import type { Field } from '../request/exchange.js'
import type { BodyType } from './markers.js'
import { oneOf, PLACES, TextField } from './text-field.js'

const fields = new WeakMap<Parameter, Field | undefined>()

/** The field of the request that a parameter takes, when its token is a marker such as `Query('n')`. */
export function fieldOf(parameter: Parameter): Field | undefined {
  if (!fields.has(parameter)) fields.set(parameter, makeField(parameter))
  return fields.get(parameter)
}

function makeField({ token, isOptional, absent, designType }: Parameter): Field | undefined {
  if (!isMarker(token)) return undefined
  if (token.label === 'Body')
    return new BodyField((token.details[0] ?? designType) as BodyType | undefined, isOptional)
  const place = PLACES.get(token.label)
  if (!place) return undefined
  const [name, given, list] = token.details as [string, TextType?, string?]
  const type = isByName(token) ? literalsOf(token.details[1] as string) : given
  return new TextField(place, name, type ?? (designType as TextType | undefined) ?? String, {
    isOptional,
    absent,
    isList: list === 'list',
  })
}

/** A plain parameter has its literals as a JSON array; a primitive is its design type already. */
function literalsOf(type: string): TextType | undefined {
  return type.startsWith('[') ? oneOf(type) : undefined
}
