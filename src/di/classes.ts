import { callable, constructorOf } from './callable.js'
import type { Component } from './component.js'
import { isMarker } from './marker.js'
import { isInjectable } from './notes.js'
import type { Scope } from './node.js'
import type { Parameter } from './parameter.js'
import type { Selecting, Selection } from './selection.js'
import { NamedToken, type ClassToken } from './token.js'
import * as tsyringe from './tsyringe.js'

/**
 * Builds one class once, with the values its constructor asks for: what `sessions(StoreClass)` brings
 * along, so that a class named there needs no decorator.
 */
export function constructed<Value>(target: ClassToken<Value>): Component<Value> {
  return new ConstructedClass(target)
}

class ConstructedClass<Value> implements Component<Value>, Selecting {
  readonly isSingleton = true
  readonly token: ClassToken<Value>

  constructor(target: ClassToken<Value>) {
    this.token = target
  }

  canHandleParameter(parameter: Parameter): boolean {
    return parameter.token === this.token
  }

  select(): Selection {
    return classSelection(this.token, 'singleton')
  }

  resolve(): Value {
    throw new TypeError('a class is built through its constructor')
  }
}

/**
 * The last component: classes that tsyringe knows (`@injectable`, `@singleton`, `@scoped`,
 * `container.register`), and those decorated with `@Inject` or `@Controller`. A class that nobody
 * decorated or registered is never built.
 */
export class Classes implements Component, Selecting {
  readonly label = 'class'

  canHandleParameter({ token }: Parameter): boolean {
    if (isMarker(token)) return tsyringe.isContainerToken(token)
    if (token instanceof NamedToken) return false
    return isInjectable(token) || tsyringe.isKnown(token)
  }

  select({ token }: Parameter): Selection {
    if (isMarker(token)) return provided(() => tsyringe.resolveContainerToken(token), String(token))
    const target = token as ClassToken
    const registration = tsyringe.registrationOf(target)
    if (registration?.alias) {
      const name = `container.register(${target.name})`
      const alias = callable((value: unknown) => value, { name, tokens: [registration.alias] })
      return { callable: alias, scope: 'transient', provider: 'tsyringe' }
    }
    if (registration?.isOpaque) return provided(() => tsyringe.resolve(target), target.name)
    return classSelection(target, isInjectable(target) ? 'singleton' : tsyringe.scopeOf(target))
  }

  resolve(): unknown {
    throw new TypeError('a class is built through its constructor')
  }
}

function classSelection(target: ClassToken, scope: Scope): Selection {
  const callable = constructorOf(target, tsyringe.constructorTokens(target))
  if (!tsyringe.isDecorated(target)) return { callable, scope, provider: 'class' }
  return {
    callable,
    scope,
    provider: 'tsyringe',
    build: (values, node) => tsyringe.build(target, values, node),
  }
}

/** What only the container can make is made by it once, at start-up. */
function provided(make: () => unknown, name: string): Selection {
  return {
    callable: callable(make, { name: `container.resolve(${name})` }),
    scope: 'singleton',
    provider: 'tsyringe',
  }
}
