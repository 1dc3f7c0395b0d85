import type { Token } from './token.js'

/** One position of an injected function, as data. A component may ask for it to see what it fills. */
export class Parameter {
  /** The token, without `optional` and the like. */
  readonly token: Token
  /** Position, from 0. */
  readonly index: number
  /** The function it belongs to, for messages: `Carts.add`. */
  readonly owner: string
  /** The name as written, when the loader or a bundler's plugin emitted it. */
  readonly name: string | undefined
  /** The type as written, where the name is known: `Session<Cart> | null`. */
  readonly text: string | undefined
  /** Whether the function takes `absent` when there is no value. */
  readonly isOptional: boolean
  /** What an optional parameter is without a value: `null` where its type is `X | null`. */
  readonly absent: null | undefined
  /** The type TypeScript emitted beside a parameter decorator: `Number` for `@Query('n') n: number`. */
  readonly designType: Function | undefined

  constructor(
    parameter: Pick<Parameter, 'token' | 'index' | 'owner' | 'name' | 'isOptional' | 'designType'> &
      Partial<Pick<Parameter, 'text' | 'absent'>>,
  ) {
    this.token = parameter.token
    this.index = parameter.index
    this.owner = parameter.owner
    this.name = parameter.name
    this.text = parameter.text
    this.isOptional = parameter.isOptional
    this.absent = parameter.absent
    this.designType = parameter.designType
  }
}
