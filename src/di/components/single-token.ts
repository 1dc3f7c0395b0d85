import type { Component } from './component.js'
import { isMarker } from '../tokens/marker.js'
import type { Parameter } from '../tokens/parameter.js'
import type { Token } from '../tokens/token.js'

/** What a component extends that provides one token, whoever asks for it. Not exported from the package. */
export abstract class SingleTokenComponent<Value = unknown> implements Pick<
  Component<Value>,
  'canHandleParameter'
> {
  readonly token: Token<Value>

  constructor(token: Token<Value>) {
    this.token = token
  }

  canHandleParameter(parameter: Parameter): boolean {
    return isSameToken(parameter.token, this.token)
  }
}

/** Classes and named tokens are themselves; markers are their label and arguments. */
export function isSameToken(one: Token, other: Token): boolean {
  if (one === other) return true
  if (!isMarker(one) || !isMarker(other) || one.label !== other.label) return false
  return (
    one.details.length === other.details.length &&
    one.details.every((detail, index) => Object.is(detail, other.details[index]))
  )
}
