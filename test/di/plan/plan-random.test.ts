import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settled } from '../deferred.js'
import { NaiveResolver } from './naive-resolver.js'
import {
  randomGraphs,
  Trace,
  TraceToken,
  wired,
  type Made,
  type RandomNode,
} from './random-graph.js'
import { Failed, World } from '../world.js'

const unhandled: unknown[] = []
const onUnhandled = (error: unknown) => void unhandled.push(error)
beforeAll(() => void process.on('unhandledRejection', onUnhandled))
afterAll(() => void process.off('unhandledRejection', onUnhandled))

test('1,000 random graphs give what a naive resolver gives, built once and ended in reverse', async () => {
  const seen = { failed: 0, sync: 0, async: 0, made: 0 }
  await fc.assert(
    fc.asyncProperty(randomGraphs, async (nodes) => {
      const { components, handler } = wired(nodes)
      const world = await World.of(handler, { components, input: TraceToken })
      const traces = [new Trace(), new Trace()]
      const runs = traces.map((trace) => world.run(trace))
      for (const [index, run] of runs.entries()) {
        const trace = traces[index]!
        const result = await run
        await world.finishes[index]?.()
        expect(complaints(nodes, run, result, trace)).toEqual([])
        seen.failed += Number(result instanceof Failed)
        seen.sync += Number(run === result)
        seen.async += Number(run !== result)
        seen.made += trace.made.length
      }
    }),
    { numRuns: 1000, seed: 20261123 },
  )
  await settled()
  expect(unhandled).toEqual([])
  // The graphs are neither too small nor all of one kind to mean something.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(400)
  expect(seen.made).toBeGreaterThan(6000)
}, 60_000)

/** What a run did that it should not have done. */
function complaints(
  nodes: readonly RandomNode[],
  run: unknown,
  result: unknown,
  trace: Trace,
): string[] {
  const naive = new NaiveResolver(nodes)
  const text = naive.text(nodes.length - 1)
  const expected = naive.counts.map((count, index) => (isSingleton(nodes, index) ? 0 : count))
  const counts = nodes.map((_, index) => trace.made.filter((one) => one.index === index).length)
  const found =
    naive.failing.size === 0
      ? {
          'another value than by hand': (result as Made).text !== text,
          'a promise without need, or none': run instanceof Promise !== naive.isAsync,
          'built another number of times': !isDeepStrictEqual(counts, expected),
        }
      : {
          'no failure': !(result instanceof Failed),
          'not the first error': !isFirst((result as Failed).error, nodes, trace),
          'built too often': counts.some((count, index) => count > expected[index]!),
        }
  return [
    ...Object.keys(found).filter((one) => found[one as keyof typeof found]),
    ...mistakes(nodes, trace),
    ...misplaced(trace.afterHandler, trace),
    ...misplaced(trace.afterResponse, trace),
  ]
}

function isSingleton(nodes: readonly RandomNode[], index: number): boolean {
  return nodes[index]!.scope === 'singleton'
}

/** A factory that calls lazy functions decides by itself which of their errors it passes on. */
function isFirst(error: unknown, nodes: readonly RandomNode[], trace: Trace): boolean {
  return callsLazily(nodes) ? trace.errors.includes(error as Error) : trace.errors[0] === error
}

/** A factory may call two lazy functions at once, exclusive or not. */
function mistakes(nodes: readonly RandomNode[], trace: Trace): string[] {
  return trace.mistakes.filter((mistake) => !callsLazily(nodes) || !mistake.includes('exclusive'))
}

function callsLazily(nodes: readonly RandomNode[]): boolean {
  return nodes.some((node) => node.needs.some(({ way }) => way === 'lazy'))
}

/** Hooks that are missing, or that ran before the hook of something that depends on their value. */
function misplaced(ended: readonly Made[], trace: Trace): string[] {
  const early = ended.flatMap((one, place) =>
    one.needs.filter((need) => trace.made.includes(need) && ended.indexOf(need) < place),
  )
  return [
    ...(ended.length === trace.made.length ? [] : ['not one hook for each value']),
    ...early.map((one) => `n${one.index} ended before what depends on it`),
  ]
}
