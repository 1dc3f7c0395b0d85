/** What a request brings. */
export class Incoming {
  readonly id: number

  constructor(id: number) {
    this.id = id
  }
}

export type Class = new (...values: any[]) => any
export type Call = (...values: any[]) => any

/** One value of a graph: the class that names it, and how it is made from what it needs. */
export interface Value {
  /** The class as a parameter is spelled: `accounts` for `Accounts`. */
  readonly name: string
  readonly type: Class
  readonly needs: readonly Class[]
  readonly make: Call
  /** Whether making it returns a promise, as opening a connection would. */
  readonly isAsync: boolean
}

/**
 * What every contender is given: one constant of the application, values that each request makes
 * anew, and a handler that takes some of them, and the request.
 */
export interface Graph {
  readonly constant: { readonly name: string; readonly type: Class; readonly value: object }
  /** In an order in which they can be made. */
  readonly values: readonly Value[]
  readonly handler: Call
  readonly handlerNeeds: readonly Class[]
  /** What somebody would write by hand, around a handler. */
  readonly byHand: (handler: Call) => Handle
  /** By hand as well, for values that several functions ask for: each is kept in a `Map` of the request. */
  readonly byMemo: (handler: Call) => Handle
}

/** Answers one request: what the handler returned, or a promise of it. */
export type Handle = (request: Incoming) => unknown

/** One way to fill a graph: by hand, or with a library. */
export type Contender = (graph: Graph) => Handle | Promise<Handle>

/** The name under which a class is registered where names are used. */
export function nameOf(graph: Graph, type: Class): string {
  if (type === Incoming) return 'incoming'
  if (type === graph.constant.type) return graph.constant.name
  return graph.values.find((value) => value.type === type)!.name
}

/** Calls a function with what `get` gives for its needs; written out, as a call by hand would be. */
export function calling(fn: Call, needs: readonly Class[]): (get: (type: Class) => unknown) => any {
  const [a, b, c, d, e] = needs as [Class, Class, Class, Class, Class]
  switch (needs.length) {
    case 1:
      return (get) => fn(get(a))
    case 2:
      return (get) => fn(get(a), get(b))
    case 3:
      return (get) => fn(get(a), get(b), get(c))
    case 4:
      return (get) => fn(get(a), get(b), get(c), get(d))
    default:
      return (get) => fn(get(a), get(b), get(c), get(d), get(e))
  }
}

/** Keeps injected values until the request is there: the handler's last parameter. */
export function holding(handler: Call, count: number): Call {
  switch (count) {
    case 1:
      return (a) => (request: Incoming) => handler(a, request)
    case 2:
      return (a, b) => (request: Incoming) => handler(a, b, request)
    case 3:
      return (a, b, c) => (request: Incoming) => handler(a, b, c, request)
    default:
      return (a, b, c, d) => (request: Incoming) => handler(a, b, c, d, request)
  }
}

/** Whether a request has to wait for one of its values. */
export function isAsync(graph: Graph): boolean {
  return graph.values.some((value) => value.isAsync)
}
