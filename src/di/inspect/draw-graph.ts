import { graphOf, type Graph } from './draw.js'
import { explainPlan, findPlans, type Explained } from './explain.js'
import { graphPage } from './graph-page.js'
import { groupedOf } from './groups.js'
import { mermaidOf } from './mermaid.js'
import { svgOf } from './picture.js'

/** What is drawn, and how. */
export interface GraphOptions {
  /** `json` is data, `mermaid` and `svg` are pictures, `html` is a page with all of it and each route. */
  readonly format: GraphFormat
  /** One route, such as `'GET /cart'`. Default: all of them. */
  readonly route?: string | undefined
}

export type GraphFormat = (typeof GRAPH_FORMATS)[number]

export const GRAPH_FORMATS = ['mermaid', 'json', 'svg', 'html'] as const

/**
 * Draws the graph of some plans.
 *
 * @throws TypeError when there is no such route, naming the nearest.
 */
export function drawGraph(
  { plans }: { readonly plans: readonly Explained[] },
  { format, route }: GraphOptions,
): string | Graph {
  const meant = route === undefined ? plans : findPlans(plans, route, 'route')
  if (format === 'json') return graphOf(meant)
  if (format === 'mermaid') return mermaidOf(groupedOf(graphOf(meant)))
  if (format === 'svg') return pictureOf(meant)
  return graphPage(
    pictureOf(meant),
    meant.map((plan) => {
      return { name: plan.name, picture: pictureOf([plan]), words: explainPlan(plan) }
    }),
  )
}

const pictureOf = (plans: readonly Explained[]): string => svgOf(groupedOf(graphOf(plans)))
