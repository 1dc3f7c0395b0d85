import { Incoming, type Handle } from './graph.js'
import { pseudoRandom } from './generated-graphs.js'

/** Nanoseconds per request, one way or another, during about so many milliseconds. */
export type Measure = (handles: readonly Handle[], milliseconds: number) => Promise<number>

const requests = Array.from({ length: 64 }, (_, id) => new Incoming(id))
const random = pseudoRandom(7)
/** The order in which requests reach the graphs, drawn once. */
const turns = Array.from({ length: 4096 }, () => random(1 << 20))

/** Keeps results alive, so that no engine can leave the work out. */
export let sink = 0

/** One request after the other, in batches: the median batch. Nothing else runs meanwhile. */
export async function loop(handles: readonly Handle[], milliseconds: number): Promise<number> {
  const isAsync = isThenable(handles[0]!(requests[0]!))
  const run = isAsync ? batchAsync : batch
  let size = 8
  while ((await timed(() => run(handles, size))) < 200_000 && size < 1 << 16) size *= 2
  const until = now() + milliseconds * 1e6
  const batches: number[] = []
  while (now() < until) batches.push((await timed(() => run(handles, size))) / size)
  return median(batches)
}

/**
 * 64 requests at once in each turn of the event loop, as a server gets them: the mean, with what the
 * garbage collector takes. The time between two turns is not counted.
 */
export async function eventLoop(handles: readonly Handle[], milliseconds: number): Promise<number> {
  const isAsync = isThenable(handles[0]!(requests[0]!))
  const until = now() + milliseconds * 1e6
  let total = 0
  let count = 0
  for (let turn = 0; now() < until; turn++) {
    await new Promise(setImmediate)
    total += await timed(() => (isAsync ? together(handles, turn) : batch(handles, 64, turn * 64)))
    count += 64
  }
  return total / count
}

function batch(handles: readonly Handle[], size: number, offset = 0): void {
  if (handles.length === 1) {
    const handle = handles[0]!
    for (let index = 0; index < size; index++) sink += handle(requests[index & 63]!) as number
    return
  }
  for (let index = 0; index < size; index++) {
    const handle = handles[turns[(offset + index) & 4095]! % handles.length]!
    sink += handle(requests[index & 63]!) as number
  }
}

async function batchAsync(handles: readonly Handle[], size: number): Promise<void> {
  for (let index = 0; index < size; index++) {
    const handle = handles[handles.length === 1 ? 0 : turns[index & 4095]! % handles.length]!
    sink += (await handle(requests[index & 63]!)) as number
  }
}

function together(handles: readonly Handle[], turn: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = 64
    const ended = (value: unknown): void => {
      sink += value as number
      left -= 1
      if (left === 0) resolve()
    }
    for (let index = 0; index < 64; index++) {
      const which = handles.length === 1 ? 0 : turns[(turn * 64 + index) & 4095]! % handles.length
      const answered = handles[which]!(requests[index]!) as Promise<unknown>
      answered.then(ended, reject)
    }
  })
}

/** Bytes by which the heap grew over so many requests, between two full collections. */
export async function heapGrowth(handles: readonly Handle[], count: number): Promise<number> {
  await run(handles, 100_000)
  const before = heapUsed()
  await run(handles, count)
  return heapUsed() - before
}

function run(handles: readonly Handle[], size: number): void | Promise<void> {
  const isAsync = isThenable(handles[0]!(requests[0]!))
  return isAsync ? batchAsync(handles, size) : batch(handles, size)
}

function heapUsed(): number {
  globalThis.gc!()
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}

async function timed(run: () => void | Promise<void>): Promise<number> {
  const start = now()
  const running = run()
  if (running) await running
  return now() - start
}

function now(): number {
  return performance.now() * 1e6
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}
