import { callable, constructorOf } from '../tokens/callable.js'
import type { Component } from './component.js'
import {
  constructorTokens,
  isContainerToken,
  resolveContainerToken,
} from './tsyringe/container-token.js'
import { isMarker } from '../tokens/marker.js'
import { isInjectable, tokensOf } from '../tokens/decorator-metadata.js'
import type { Scope } from '../graph/node.js'
import { SingleTokenComponent } from './single-token.js'
import type { Parameter } from '../tokens/parameter.js'
import { SELECT, type Binding, type Selection } from './binding.js'
import { NamedToken, type ClassToken } from '../tokens/token.js'
import * as tsyringe from './tsyringe/registry.js'

/**
 * Builds one class once, with the values its constructor asks for: what `sessions(StoreClass)` brings
 * along, so that a class named there needs no decorator.
 */
export function singletonClass<Value>(target: ClassToken<Value>): Component<Value> {
  return new SingletonClass(target)
}

class SingletonClass<Value>
  extends SingleTokenComponent<Value>
  implements Component<Value>, Binding
{
  readonly isSingleton = true
  declare readonly token: ClassToken<Value>

  resolve(): Value {
    throw new TypeError('a class is built through its constructor')
  }

  [SELECT](): Selection {
    return classSelection(this.token, 'singleton')
  }
}

/**
 * The last component: classes that tsyringe knows (`@injectable`, `@singleton`, `@scoped`,
 * `container.register`), and those decorated with `@Inject` or `@Controller`. A class that nobody
 * decorated or registered is never built.
 */
export class ClassComponent implements Component, Binding {
  readonly label = 'class'

  canHandleParameter({ token }: Parameter): boolean {
    if (isMarker(token)) return isContainerToken(token)
    if (token instanceof NamedToken) return false
    return isInjectable(token) || tsyringe.isKnown(token)
  }

  [SELECT]({ token }: Parameter): Selection {
    if (isMarker(token)) return provided(() => resolveContainerToken(token), String(token))
    const target = token as ClassToken
    const registration = tsyringe.registrationOf(target)
    if (registration?.alias) return aliasSelection(target, registration.alias)
    if (registration?.isOpaque) return provided(() => tsyringe.resolve(target), target.name)
    return classSelection(target, scopeOf(target))
  }

  resolve(): unknown {
    throw new TypeError('a class is built through its constructor')
  }
}

/** A lifetime that was asked for in tsyringe's words stands; a class of ours is a singleton else. */
function scopeOf(target: ClassToken): Scope {
  const scope = tsyringe.scopeOf(target)
  return scope === 'transient' && isInjectable(target) ? 'singleton' : scope
}

function classSelection(target: ClassToken, scope: Scope): Selection {
  const isListed = tokensOf(target) !== undefined
  const tokens = isListed ? undefined : constructorTokens(target)
  const callable = constructorOf(target, tokens)
  if (isListed || !tsyringe.isKnown(target)) return { callable, scope, provider: 'class' }
  return { callable, scope, provider: 'tsyringe', elsewhere: tsyringe.elsewhere }
}

/** `register(Store, { useClass: FileStore })`: the class of the registration, with its lifetime. */
function aliasSelection(target: ClassToken, alias: ClassToken): Selection {
  const name = `container.register(${target.name})`
  return {
    callable: callable((value: unknown) => value, { name, tokens: [alias] }),
    scope: tsyringe.scopeOf(target),
    provider: 'tsyringe',
    elsewhere: tsyringe.elsewhere,
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
