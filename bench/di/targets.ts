import {
  containersOf,
  HAND,
  MAP,
  OURS,
  ratio,
  type Raw,
  type Results,
  type Way,
} from './figures.js'

/** What Ingot must keep to. */
export interface Target {
  readonly name: string
  readonly limit: string
  readonly loop: string
  readonly eventLoop: string
  readonly isMet: boolean
}

/** Kibibytes of noise that two full collections may leave after a million requests. */
const FLAT = 256

/** The targets, and how this run did. */
export function targets({ results, heap }: Raw): Target[] {
  const { synchronous, asynchronous, mixed } = results
  const fastest = 'of the fastest container'
  return [
    atMost(0.45, 'synchronous, of a `Map` per request', synchronous, [MAP]),
    atMost(1.5, 'asynchronous, of by hand', asynchronous, [HAND]),
    atMost(0.7, '24 graphs in turn, of a `Map` per request', mixed, [MAP]),
    atMost(1, `synchronous, ${fastest}`, synchronous, containersOf(synchronous)),
    atMost(1, `asynchronous, ${fastest}`, asynchronous, containersOf(asynchronous)),
    atMost(1, `24 graphs in turn, ${fastest}`, mixed, containersOf(mixed)),
    flat('synchronous', heap.synchronous),
    flat('asynchronous', heap.asynchronous),
    flat('24 graphs in turn', heap.mixed),
  ]
}

function atMost(limit: number, name: string, results: Results, others: readonly string[]): Target {
  const of = (way: Way) => Math.max(...others.map((other) => ratio(results, OURS, other, way)))
  const [loop, eventLoop] = [of('loop'), of('eventLoop')]
  return {
    name,
    limit: `at most ${limit}`,
    loop: loop.toFixed(2),
    eventLoop: eventLoop.toFixed(2),
    isMet: loop <= limit && eventLoop <= limit,
  }
}

function flat(name: string, bytes: number): Target {
  const kibibytes = bytes / 1024
  return {
    name: `${name}, heap after a million requests`,
    limit: `at most +${FLAT} KiB`,
    loop: `${kibibytes > 0 ? '+' : ''}${kibibytes.toFixed(0)} KiB`,
    eventLoop: '',
    isMet: kibibytes <= FLAT,
  }
}
