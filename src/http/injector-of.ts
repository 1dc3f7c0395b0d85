import { Injector, Parameter, recognize, Resolver, type Component } from '../di/index.js'
import { ADVICE } from './advice.js'
import { Hooks } from './hooks.js'
import { requestIds } from './middleware/request-id.js'
import {
  BodyComponent,
  FormComponent,
  FormPartsComponent,
  TextComponent,
} from './parameters/components.js'
import { Exchange, requestValues } from './request/exchange.js'
import { Next } from './routing/next.js'

/** What every application provides, and the class of applications. */
const own = new Set<unknown>([Exchange, Hooks, Next, Parameter, Resolver])
for (const one of [...requestValues, requestIds]) noteOwn(one)
recognize((thing) => own.has(thing) || own.has(thing.constructor))

/**
 * The injector of an application: its own components, then those that every application has.
 *
 * @param application provides the application itself.
 */
export function injectorOf(components: readonly Component[], application: Component): Injector {
  noteOwn(application)
  const parameters = [
    new TextComponent(),
    new BodyComponent(),
    new FormComponent(),
    new FormPartsComponent(),
  ]
  const builtIns = [...requestValues, requestIds, ...parameters, application]
  return new Injector({
    components,
    builtIns,
    input: Exchange,
    hooks: Hooks,
    next: Next,
    advice: ADVICE,
  })
}

function noteOwn(component: Component): void {
  if ('token' in component) own.add(component.token)
}
