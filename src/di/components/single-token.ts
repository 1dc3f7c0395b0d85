import type { Component } from './component.js'
import { isSameToken } from '../tokens/marker.js'
import type { Parameter } from '../tokens/parameter.js'
import type { Token } from '../tokens/token.js'

/** Base of the components that provide one token, whichever parameter asks for it. Not exported from the package. */
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
