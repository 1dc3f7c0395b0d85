import { generatedGraphs } from './generated-graphs.js'
import type { Graph } from './graph.js'
import { asyncShop, shop } from './shop-graph.js'

/** What is measured: requests that go through these graphs in turn. */
export const scenarios = {
  synchronous: [shop],
  asynchronous: [asyncShop],
  mixed: generatedGraphs(24),
} satisfies Record<string, readonly Graph[]>

export type Scenario = keyof typeof scenarios
