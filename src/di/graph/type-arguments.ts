import { bind } from '../components/binding.js'
import type { Component } from '../components/component.js'
import { SingleTokenComponent } from '../components/single-token.js'
import { describeParameters } from '../tokens/parameter-info.js'
import { Parameter } from '../tokens/parameter.js'
import type { Token } from '../tokens/token.js'
import type { Place } from './place.js'

/**
 * With which type arguments each class is asked for. `Repo<User>` and `Repo<Post>` are one class at run time, so one
 * of two components that provide it would silently get all parameters.
 */
export class TypeArguments {
  readonly #first = new Map<Token, Place<Token>>()

  /** The first place that asked for the class of this one with other type arguments. */
  differAt(place: Place<Token>): Place<Token> | undefined {
    const given = typeArgumentsIn(place)
    if (given === undefined) return undefined
    const first = this.#first.get(place.token)
    if (!first) this.#first.set(place.token, place)
    return first && typeArgumentsIn(first) !== given ? first : undefined
  }
}

/** The type arguments of a parameter, if its component reads the parameter and so may tell one from the other. */
export function readTypeArguments(component: Component, parameter: Parameter): string | undefined {
  const given = typeArgumentsIn(parameter)
  if (given === undefined || component instanceof SingleTokenComponent) return undefined
  const { callable } = bind(component, parameter)
  return describeParameters(callable).some(({ token }) => token === Parameter) ? given : undefined
}

/** The type arguments as they are written: `User` of `Repo<User> | null`. */
function typeArgumentsIn({ text }: Pick<Place, 'text'>): string | undefined {
  return text?.includes('<')
    ? /^[\w$.\s]+<(.*)>/s.exec(text)?.[1]!.replaceAll(/\s/g, '')
    : undefined
}
