import { inject, isMarker, Parameter, type Component } from '../../di/index.js'
import { badRequest } from './bad-request.js'
import type { Conversion } from '../request/conversion.js'
import { Exchange, type Field } from '../request/exchange.js'
import { requestBody } from '../request/request-body.js'
import { fieldOf } from './field.js'
import { PLACES } from './text-field.js'

/** Fills `Param`, `Query`, `Header` and `CookieValue`. */
export class TextComponent implements Component {
  readonly resolve = inject([Parameter, Exchange], valueOf)

  canHandleParameter({ token }: Parameter): boolean {
    return isMarker(token) && PLACES.has(token.label)
  }
}

/** Fills `Body`. */
export class BodyComponent implements Component {
  readonly consumes = requestBody
  readonly resolve = inject([Parameter, Exchange], valueOf)

  canHandleParameter({ token }: Parameter): boolean {
    return isMarker(token, 'Body')
  }
}

function valueOf(parameter: Parameter, exchange: Exchange): unknown {
  const field = fieldOf(parameter)!
  const conversion = field.read(exchange)
  if (conversion instanceof Promise)
    return conversion.then((result) => accepted(result, field, exchange))
  return accepted(conversion, field, exchange)
}

function accepted(conversion: Conversion, field: Field, exchange: Exchange): unknown {
  return conversion.issues ? badRequest(field, exchange) : conversion.value
}
