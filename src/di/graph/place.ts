import type { ParameterInfo } from '../tokens/parameter-info.js'
import type { Parameter } from '../tokens/parameter.js'
import type { AnyToken } from '../tokens/token.js'

/** Where a token stands: its parameter, and for a component the parameter that the component fills. */
export interface Place<Wanted extends AnyToken = AnyToken> extends Pick<
  Parameter,
  'owner' | 'index' | 'name' | 'text' | 'designType' | 'isOptional'
> {
  readonly token: Wanted
  readonly fills: Parameter | undefined
  readonly isDeferred?: boolean
  /** What an optional value is when nothing provides it: `null` for `X | null`. */
  readonly absent?: null
}

/** The place of a function's parameter, as it is known from the function. */
export function placeOf(
  token: AnyToken,
  { index, name, text, designType }: Partial<ParameterInfo> & Pick<ParameterInfo, 'index'>,
  owner: string,
  fills: Parameter | undefined,
): Place {
  const type = typeof designType === 'function' ? designType : undefined
  return { token, owner, index, name, text, designType: type, isOptional: false, fills }
}
