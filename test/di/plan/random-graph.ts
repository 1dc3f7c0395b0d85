import fc from 'fast-check'
import {
  all,
  inject,
  lazy,
  optional,
  scoped,
  singleton,
  token,
  transient,
  type AnyToken,
  type Component,
  type NamedToken,
} from '../../../src/di/index.js'
import { Hooks } from '../world.js'

/** How a random value is made. */
export interface RandomNode {
  readonly scope: 'request' | 'transient' | 'singleton'
  readonly ending: 'value' | 'error'
  /** Turns of the microtask queue that it waits; `undefined` makes it synchronous. */
  readonly waits: number | undefined
  readonly isExclusive: boolean
  readonly needs: readonly Need[]
}

/** What a random value needs: the index of an earlier one, and in what way. */
export interface Need {
  readonly index: number
  readonly way: 'plain' | 'optional' | 'all' | 'lazy' | 'lazy, never called'
}

const WAYS: readonly Need['way'][] = [
  ...(['plain', 'plain', 'plain', 'plain', 'optional', 'all'] as const),
  ...(['lazy', 'lazy, never called'] as const),
]

/** One value as it was made: by which factory, the how many-th of its run, and from what. */
export interface Made {
  readonly index: number
  readonly text: string
  readonly needs: readonly Made[]
}

/** What happened in one run. */
export class Trace {
  readonly made: Made[] = []
  readonly errors: Error[] = []
  readonly afterHandler: Made[] = []
  readonly afterResponse: Made[] = []
  readonly mistakes: string[] = []
  #exclusive = 0
  #waiting = 0

  begins(node: RandomNode): void {
    if (this.#exclusive > 0 || (node.isExclusive && this.#waiting > 0))
      this.mistakes.push('an exclusive value was made beside another')
    this.#waiting += 1
    if (node.isExclusive) this.#exclusive += 1
  }

  ends(node: RandomNode): void {
    this.#waiting -= 1
    if (node.isExclusive) this.#exclusive -= 1
  }
}

/** The input of each run. */
export const TraceToken = token<Trace>('trace')

/** Graphs of up to twelve values; each needs earlier ones, singletons only what lives as long. */
export const randomGraphs = fc
  .array(
    fc.record({
      scope: fc.constantFrom('request', 'request', 'request', 'transient', 'singleton'),
      isFailing: rarely(12),
      waits: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.nat(5)),
      isExclusive: rarely(5),
      needs: fc.array(
        fc.record({
          back: fc.nat(11),
          way: fc.constantFrom(...WAYS),
        }),
        { minLength: 1, maxLength: 4, size: 'max' },
      ),
    }),
    { minLength: 1, maxLength: 12, size: 'max' },
  )
  .map((drawn) => {
    const nodes: RandomNode[] = []
    for (const { needs, isFailing, scope: drawnScope, ...rest } of drawn) {
      const scope = nodes.length === drawn.length - 1 ? 'request' : drawnScope
      const reaches = (need: Need) => scope !== 'singleton' || nodes[need.index]!.scope === scope
      nodes.push({
        ...rest,
        scope,
        ending: isFailing && scope !== 'singleton' ? 'error' : 'value',
        needs: needs
          .filter(() => nodes.length > 0)
          .map(({ back, way }): Need => ({ index: nodes.length - 1 - (back % nodes.length), way }))
          .filter(reaches),
      })
    }
    return nodes
  })

function rarely(oneIn: number): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(false) }, fc.constant(true))
}

/** The components of a graph, and the function that stands for its last value. */
export function wired(nodes: readonly RandomNode[]) {
  const tokens = nodes.map((_, index) => token<Made>(`n${index}`))
  const components = nodes.slice(0, -1).map((node, index) => component(node, index, tokens))
  const last = nodes.length - 1
  const handler = inject(
    [Hooks, TraceToken, ...wanted(nodes[last]!, tokens)],
    (hooks: Hooks, trace: Trace, ...given: unknown[]) =>
      made(nodes[last]!, last, given, trace, hooks),
  )
  return { components, handler }
}

function component(
  node: RandomNode,
  index: number,
  tokens: readonly NamedToken<Made>[],
): Component {
  const own = tokens[index]!
  const needs = wanted(node, tokens)
  if (node.scope === 'singleton') {
    return singleton(own, needs, (...given: unknown[]) => made(node, index, given, new Trace()))
  }
  const make = (hooks: Hooks, trace: Trace, ...given: unknown[]) =>
    made(node, index, given, trace, hooks)
  const { isExclusive } = node
  return node.scope === 'request'
    ? scoped(own, [Hooks, TraceToken, ...needs], make, { isExclusive })
    : { ...transient(own, [Hooks, TraceToken, ...needs], make), ...ofTransient(own, isExclusive) }
}

/** `transient` has no options; its members are copied, so what its class inherits is added. */
function ofTransient(own: NamedToken<Made>, isExclusive: boolean): Partial<Component> {
  return { isExclusive, canHandleParameter: (parameter) => parameter.token === own }
}

function wanted(node: RandomNode, tokens: readonly NamedToken<Made>[]): AnyToken[] {
  return node.needs.map(({ index, way }) => {
    const one = tokens[index]!
    if (way === 'plain') return one
    if (way === 'optional') return optional(one)
    return way === 'all' ? all(one) : lazy(one)
  })
}

function made(
  node: RandomNode,
  index: number,
  given: readonly unknown[],
  trace: Trace,
  hooks?: Hooks,
): Made | Promise<Made> {
  const needs: Made[] = []
  const one: Made = { index, text: '', needs }
  trace.made.push(one)
  hooks?.afterHandler(() => void trace.afterHandler.push(one))
  hooks?.afterResponse(() => void trace.afterResponse.push(one))
  const taken = node.needs.map(({ way }, position) => {
    const value = given[position]
    if (way === 'lazy') return (value as () => unknown)()
    if (way === 'lazy, never called') return undefined
    return way === 'all' ? (value as unknown[])[0] : value
  })
  const finish = (values: readonly unknown[]): Made => {
    if (node.ending === 'error') {
      const error = new Error(`n${index}`)
      trace.errors.push(error)
      throw error
    }
    for (const value of values) if (value !== undefined) needs.push(value as Made)
    const isWhole = needs.every((need) => need.text !== '')
    if (!isWhole) trace.mistakes.push(`n${index} was made from something unfinished`)
    return Object.assign(one, { text: textOf(index, needs) })
  }
  const isPlain = taken.every((value) => !(value instanceof Promise))
  if (node.waits === undefined && isPlain) return finish(taken)
  return later(node, taken, finish, trace)
}

async function later(
  node: RandomNode,
  taken: readonly unknown[],
  finish: (values: readonly unknown[]) => Made,
  trace: Trace,
): Promise<Made> {
  trace.begins(node)
  try {
    const values = await Promise.all(taken)
    for (let turn = 0; turn < (node.waits ?? 0); turn++) await Promise.resolve()
    return finish(values)
  } finally {
    trace.ends(node)
  }
}

export function textOf(index: number, needs: readonly { text: string }[]): string {
  return `${index}(${needs.map((need) => need.text).join()})`
}
