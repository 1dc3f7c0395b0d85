import type { Kept } from './kept.js'
import type { Kind } from './system.js'
import { requestText } from './visitor.js'

/** What is asked of a kind of application, again and again. */
export interface Workload {
  readonly title: string
  readonly kind: Kind
  readonly kept: Kept
  /** How many visitors take turns; each of them sends the cookie with which they began. */
  readonly visitors: number
  /** The request of a visitor who holds a session. */
  readonly request: (cookie: string) => string
  /** What is asked of Ingot, compared with a system in the same workload. */
  readonly targets: readonly Target[]
  /** What Ingot may add at most to what the framework alone takes. */
  readonly added?: AddedTarget
  /** At most so many commands or statements may reach the storage for one request; each is at most one round trip. */
  readonly commands?: number
  /** Whether peers take part, and the chart shows it: what most sites keep. */
  readonly isWhole: boolean
}

/** What Ingot must reach of `of`, another system or Ingot itself in another workload. */
export interface Target {
  readonly of: string
  readonly in?: WorkloadName
  /** With `in`: how much more Ingot takes than in that workload, as a share of how much more this system does. */
  readonly beside?: string
  /** At most this share of its processor time per request. */
  readonly cpu?: number
  /** At least this share of its rate. */
  readonly rate?: number
  /** At most this share of its commands or statements for each request. */
  readonly commands?: number
}

/** What a session may add to the processor time of a request of a framework: as much as this peer adds, or microseconds. */
export type AddedTarget = { readonly of: string } | { readonly microseconds: number }

export type WorkloadName = string

const read = (cookie: string) => requestText('GET', '/read', cookie)
const count = (cookie: string) => requestText('POST', '/count', cookie)
const ahead = (rate: number, ...peers: string[]): Target[] => peers.map((of) => ({ of, rate }))

/** As many as there are connections: what a process keeps of each of them is of use. */
const REPEATING = 64
/** More than a process keeps opened cookies of. */
const MANY = 10_000
const SHOP: Kept = { keys: 11 }

const common = { kept: SHOP, visitors: REPEATING, isWhole: true }

/** Reads and writes of a cookie, by visitors who do not fit what a process keeps opened. */
function cookies(kind: 'sealed' | 'signed', peers: readonly string[]) {
  const name = kind === 'sealed' ? 'encrypted' : 'signed'
  const [readLimit, writeLimit] = kind === 'sealed' ? [1.1, 1.2] : [1.15, 1.2]
  const cold = { ...common, kind, visitors: MANY }
  return {
    [`${kind}Read`]: {
      ...cold,
      title: `Cookie session, ${name}: read`,
      request: read,
      targets: [{ of: 'node', cpu: readLimit }, ...ahead(1, ...peers)],
    },
    [`${kind}Write`]: {
      ...cold,
      title: `Cookie session, ${name}: write`,
      request: count,
      targets: [{ of: 'node', cpu: writeLimit }, ...ahead(1, ...peers)],
    },
    [`${kind}ReadAgain`]: {
      ...common,
      kind,
      isWhole: false,
      title: `Cookie session, ${name}: read, ${REPEATING} visitors who come again and again`,
      request: read,
      targets: [],
    },
  }
}

/** Reads and writes of a database, by those whose driver is the same. */
function database(kind: 'postgres' | 'sqlite' | 'mysql', place: string) {
  const peers = ['express-session', 'express']
  const hand: Target = { of: 'node', cpu: 1.11, rate: 0.9 }
  const beside = (commands: number) => peers.map((of) => ({ of, cpu: 1, commands }))
  return {
    [`${kind}Read`]: {
      ...common,
      kind,
      title: `Session in ${place}: read`,
      request: read,
      // express-session tells its store of each read.
      targets: [hand, ...beside(0.5)],
      commands: 1,
    },
    [`${kind}Write`]: {
      ...common,
      kind,
      title: `Session in ${place}: write`,
      request: count,
      targets: [hand, ...beside(1)],
      commands: 2,
    },
  }
}

/** The same with other sizes: does the cost of one key grow with what a request does not touch? */
function sized(kind: 'redis' | 'memory' | 'sealed', title: string, sizes: readonly Kept[]) {
  const visitors = kind === 'sealed' ? MANY : REPEATING
  const small = kind === 'sealed' ? { isSmall: true } : {}
  const workloads: Record<WorkloadName, Workload> = {}
  for (const kept of sizes) {
    const { keys, bytes } = kept
    const size = bytes === undefined ? `${keys} keys` : `${bytes / 1024} KB`
    const suffix = bytes === undefined ? `${keys}` : `${bytes / 1024}KB`
    const whole = { kind, kept: { ...kept, ...small }, visitors, isWhole: false }
    const isLarge = bytes === undefined && keys === 200 && kind !== 'memory'
    const targets: Target[] = isLarge ? [{ of: 'node', cpu: 1 }] : []
    const isFlat = kind === 'memory' && keys > 2
    const flat: Target[] = isFlat ? [{ of: 'ingot', in: 'memoryRead2', cpu: 1.5 }] : []
    workloads[`${kind}Read${suffix}`] = {
      ...whole,
      title: `${title}: read, ${size}`,
      request: read,
      targets: [...targets, ...flat],
    }
    workloads[`${kind}Write${suffix}`] = {
      ...whole,
      title: `${title}: write, ${size}`,
      request: count,
      targets,
    }
  }
  return workloads
}

/** A session that the process keeps, in the handlers of a framework. */
function inFramework(
  kind: 'inExpress' | 'inHono' | 'inFastify',
  framework: string,
  added: AddedTarget,
) {
  const all = { ...common, kind, targets: [], added }
  const title = `Session in memory, in ${framework}`
  return {
    [`${kind}Read`]: { ...all, title: `${title}: read`, request: read },
    [`${kind}Write`]: { ...all, title: `${title}: write`, request: count },
  }
}

const KEYS: readonly Kept[] = [{ keys: 2 }, { keys: 40 }, { keys: 200 }]
const SIZES: readonly Kept[] = [1, 16, 256].map((size) => ({ keys: 11, bytes: size * 1024 }))

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  hello: {
    ...common,
    title: 'Hello',
    kind: 'hello',
    request: () => requestText('GET', '/'),
    targets: [
      { of: 'node', rate: 0.92 },
      ...ahead(1, 'fastify', 'srvx', 'hono', 'h3', 'nest', 'koa', 'express'),
    ],
  },
  withoutSession: {
    ...common,
    title: 'No session asked for, in an application with Redis sessions',
    kind: 'redis',
    request: (cookie: string) => requestText('GET', '/', cookie),
    targets: [
      { of: 'ingot', in: 'hello', beside: 'node', cpu: 1.02 },
      ...ahead(1, 'fastify', 'koa', 'express'),
    ],
    commands: 0,
  },
  redisRead: {
    ...common,
    title: 'Session in Redis: read',
    kind: 'redis',
    request: read,
    targets: [{ of: 'node', cpu: 1.05 }, ...ahead(2.5, 'fastify', 'koa', 'express')],
    commands: 1,
  },
  redisWrite: {
    ...common,
    title: 'Session in Redis: write',
    kind: 'redis',
    request: count,
    targets: [{ of: 'node', cpu: 1.15 }, ...ahead(2.5, 'fastify', 'koa', 'express')],
    commands: 2,
  },
  ...cookies('sealed', ['fastify', 'iron-session']),
  ...cookies('signed', ['koa']),
  ...database('postgres', 'PostgreSQL'),
  ...database('sqlite', 'SQLite'),
  ...database('mysql', 'MariaDB'),
  ...sized('redis', 'Session in Redis', [...KEYS, ...SIZES]),
  ...sized('memory', 'Session in memory', [
    { keys: 2 },
    { keys: 11 },
    ...KEYS.slice(1),
    { keys: 1000 },
  ]),
  ...sized('sealed', 'Cookie session, encrypted', KEYS),
  ...inFramework('inExpress', 'Express', { of: 'express' }),
  ...inFramework('inHono', 'Hono', { microseconds: 20 }),
  ...inFramework('inFastify', 'Fastify', { of: 'fastify' }),
}

/** Names that stand for several parts. */
export const groups: Readonly<Record<string, readonly WorkloadName[]>> = {
  sql: ['postgres', 'sqlite', 'mysql'].flatMap((kind) => [`${kind}Read`, `${kind}Write`]),
  frameworks: Object.keys(workloads).filter((name) => workloads[name]!.added !== undefined),
}
