// One contender in a process of its own, so that what the engine learns of one does not serve another.
import { check } from './check.js'
import type { Contender } from './graph.js'
import { eventLoop, heapGrowth, loop } from './measure.js'
import { scenarios, type Scenario } from './scenarios.js'

/** What the runner asks for, and for how long; of the heap: over how many requests. */
export interface Order {
  readonly measure: 'loop' | 'eventLoop' | 'heapGrowth'
  readonly amount: number
}

const [name, scenario] = process.argv.slice(2) as [string, Scenario]
const { contender } = (await import(`./contenders/${name}.js`)) as { contender: Contender }
const graphs = scenarios[scenario]
for (const graph of graphs) await check(contender, graph)
const handles = await Promise.all(graphs.map(contender))
const measures = { loop, eventLoop, heapGrowth }

process.on('message', ({ measure, amount }: Order) => {
  void measures[measure](handles, amount).then((result) => process.send!(result))
})
process.send!('ready')
