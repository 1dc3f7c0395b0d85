import { Incoming, isAsync, type Contender, type Graph, type Handle } from './graph.js'

/** Whether a contender does what all of them must do, before anything is measured. */
export async function check(contender: Contender, graph: Graph): Promise<void> {
  const handle = await contender({ ...graph, handler: probe(graph.handler.length) })
  const [one, other] = [await filled(handle, 1), await filled(handle, 2)]
  for (const [index, type] of graph.handlerNeeds.entries()) {
    const isRight = one[index] instanceof type && other[index] instanceof type
    const isShared = type === graph.constant.type
    if (!isRight || (one[index] === other[index]) !== isShared)
      throw new Error(`parameter ${index} is not the ${type.name} it should be`)
  }
  for (const values of [one, other]) sharesWithin(graph, values)
  const answers = [await (await contender(graph))(new Incoming(5)), await byHand(graph, 5)]
  if (answers[0] !== answers[1] || typeof answers[0] !== 'number')
    throw new Error(`${String(answers[0])} is not ${String(answers[1])}`)
}

/** A value that several need is one value within a request. */
function sharesWithin(graph: Graph, values: readonly any[]): void {
  const known = new Map(graph.handlerNeeds.map((type, index) => [type, values[index]]))
  const reached = new Set<object>()
  const visit = (value: object): void => {
    if (reached.has(value)) return
    reached.add(value)
    for (const below of Object.values(value)) {
      if (typeof below !== 'object') continue
      const type = below.constructor
      if (!known.has(type)) known.set(type, below)
      if (known.get(type) !== below) throw new Error(`there are two of ${type.name}`)
      visit(below)
    }
  }
  for (const value of values) visit(value)
  if (known.get(graph.constant.type) !== graph.constant.value)
    throw new Error('the constant was made anew')
}

async function filled(handle: Handle, id: number): Promise<any[]> {
  return (await handle(new Incoming(id))) as any[]
}

async function byHand(graph: Graph, id: number): Promise<unknown> {
  const answer = graph.byHand(graph.handler)(new Incoming(id))
  return isAsync(graph) ? await answer : answer
}

/** A handler that returns what it was given. Some libraries look at the number of parameters. */
function probe(length: number): (...values: any[]) => any[] {
  const probe = (...values: any[]) => values
  return Object.defineProperty(probe, 'length', { value: length })
}
