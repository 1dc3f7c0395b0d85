import { callable, constructorOf } from '../tokens/callable.js'
import type { Component, Scope } from './component.js'
import { constructorTokens, isContainerToken } from './tsyringe/container-token.js'
import { isMarker } from '../tokens/marker.js'
import { isInjectable, tokensOf } from '../tokens/decorator-metadata.js'
import { SingleTokenComponent } from './single-token.js'
import type { Parameter } from '../tokens/parameter.js'
import { BIND, type Binding, type BindingComponent } from './binding.js'
import { describeGiven, NamedToken, type ClassToken, type Token } from '../tokens/token.js'
import * as tsyringe from './tsyringe/registry.js'

/**
 * Builds one class once, with the values its constructor asks for. `sessions(StoreClass)` brings one
 * along, so that a class named there needs no decorator.
 *
 * @throws TypeError when it is given something else than a class.
 */
export function singletonClass<Value>(target: ClassToken<Value>): Component<Value> {
  if (typeof target !== 'function') {
    const { name } = (target as object | undefined)?.constructor ?? { name: 'X' }
    throw new TypeError(
      `singletonClass takes a class, not ${describeGiven(target)}: singletonClass(${name}); for what is made already write value(${name}, …).`,
    )
  }
  return new SingletonClass(target)
}

class SingletonClass<Value> extends SingleTokenComponent<Value> implements BindingComponent {
  readonly isSingleton = true
  declare readonly token: ClassToken<Value>

  resolve(): Value {
    throw new TypeError('a class is built through its constructor')
  }

  [BIND](): Binding {
    return bindClass(this.token, 'singleton')
  }
}

/**
 * The last component: classes that tsyringe knows (`@injectable`, `@singleton`, `@scoped`,
 * `container.register`), and those decorated with `@Inject` or `@Controller`. A class that is neither
 * decorated nor registered is never built.
 */
export class ClassComponent implements BindingComponent {
  readonly label = 'class'

  canHandleParameter({ token }: Parameter): boolean {
    if (isMarker(token)) return isContainerToken(token)
    if (token instanceof NamedToken) return false
    return isInjectable(token) || tsyringe.isKnown(token)
  }

  [BIND]({ token }: Parameter): Binding {
    if (isMarker(token)) return bindToContainer(token, 'singleton', String(token))
    const target = token as ClassToken
    const registration = tsyringe.registrationOf(target)
    if (registration?.alias) return bindAlias(target, registration.alias)
    if (registration?.isOpaque) return bindToContainer(target, registration.scope, target.name)
    return bindClass(target, scopeOf(target))
  }

  resolve(): unknown {
    throw new TypeError('a class is built through its constructor')
  }
}

/** A lifetime that tsyringe's decorators give stands; other classes of ours are singletons. */
function scopeOf(target: ClassToken): Scope {
  const scope = tsyringe.scopeOf(target)
  return scope === 'transient' && isInjectable(target) ? 'singleton' : scope
}

function bindClass(target: ClassToken, scope: Scope): Binding {
  const isListed = tokensOf(target) !== undefined
  const tokens = isListed ? undefined : constructorTokens(target)
  const callable = constructorOf(target, tokens)
  if (isListed || !tsyringe.isKnown(target)) return { callable, scope, provider: 'class' }
  return { callable, scope, provider: 'tsyringe', isContainerBuilt: true }
}

/** `register(Store, { useClass: FileStore })`: the class of the registration, with its lifetime. */
function bindAlias(target: ClassToken, alias: ClassToken): Binding {
  const name = `container.register(${target.name})`
  return {
    callable: callable((value: unknown) => value, { name, tokens: [alias] }),
    scope: tsyringe.scopeOf(target),
    provider: 'tsyringe',
    isContainerBuilt: true,
  }
}

/** What only the container can make. */
function bindToContainer(token: Token, scope: Scope, name: string): Binding {
  return {
    callable: callable(() => tsyringe.resolve(token), { name: `container.resolve(${name})` }),
    scope,
    provider: 'tsyringe',
    isContainerBuilt: true,
  }
}
