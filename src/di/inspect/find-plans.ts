import type { Injectable } from '../tokens/callable.js'
import type { Explained } from './explain.js'
import { didYouMean } from '../graph/did-you-mean.js'

/**
 * The plans that are meant by a name (`GET /cart`), a handler, a controller and its method, or a
 * controller with all its methods.
 *
 * @throws TypeError when there is none, naming the nearest.
 */
export function findPlans<Found extends Explained>(
  plans: readonly Found[],
  asked: string | Injectable,
): Found[] {
  const found = plans.filter((plan) => isMeant(plan, asked))
  if (found.length > 0) return found
  const names = plans.map((plan) => plan.name ?? '')
  if (typeof asked === 'string') {
    const all = names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ')
    throw new TypeError(
      `There is no route '${asked}'.${didYouMean(asked, names)} The routes are: ${all}.`,
    )
  }
  const name = typeof asked === 'function' ? asked.name : String(asked[1])
  throw new TypeError(`${name || 'That function'} handles no route.`)
}

function isMeant(plan: Explained, asked: string | Injectable): boolean {
  if (typeof asked === 'string') return plan.name === asked
  const { fn, receiver, receiverClass, method } = plan.nodes.at(-1)!.callable
  if (typeof asked === 'function') return asked === fn || asked === receiverClass
  return (asked[0] === receiver || asked[0] === receiverClass) && asked[1] === method
}
