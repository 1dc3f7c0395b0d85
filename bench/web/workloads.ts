import type { Kind } from './system.js'
import { requestText } from './visitor.js'

/** What is asked of a kind of application, again and again. */
export interface Workload {
  readonly title: string
  readonly kind: Kind
  /** The request of a visitor who holds a session. */
  readonly request: (cookie: string) => string
  /** What the issue asks of Ingot: at least this share of a system's rate in the same workload. */
  readonly targets: readonly Target[]
  /** At most so many commands may reach Redis for one request; each is at most one round trip. */
  readonly commands?: number
}

/** At least `ratio` of the rate of `of`, another system or Ingot itself in another workload. */
export interface Target {
  readonly of: string
  readonly in?: WorkloadName
  readonly ratio: number
}

export type WorkloadName =
  | 'hello'
  | 'withoutSession'
  | 'sealedRead'
  | 'sealedWrite'
  | 'signedRead'
  | 'signedWrite'
  | 'redisRead'
  | 'redisWrite'

const read = (cookie: string) => requestText('GET', '/read', cookie)
const count = (cookie: string) => requestText('POST', '/count', cookie)
const ahead = (...peers: string[]): Target[] => peers.map((of) => ({ of, ratio: 1 }))

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  hello: {
    title: 'Hello',
    kind: 'hello',
    request: () => requestText('GET', '/'),
    targets: [
      { of: 'node', ratio: 0.92 },
      ...ahead('fastify', 'srvx', 'hono', 'h3', 'nest', 'koa', 'express'),
    ],
  },
  withoutSession: {
    title: 'No session asked for, in an application with Redis sessions',
    kind: 'redis',
    request: (cookie: string) => requestText('GET', '/', cookie),
    targets: [{ of: 'ingot', in: 'hello', ratio: 0.98 }, ...ahead('fastify', 'koa', 'express')],
    commands: 0,
  },
  sealedRead: {
    title: 'Cookie session, encrypted: read',
    kind: 'sealed',
    request: read,
    targets: [{ of: 'node', ratio: 0.95 }, ...ahead('fastify', 'iron-session')],
  },
  sealedWrite: {
    title: 'Cookie session, encrypted: write',
    kind: 'sealed',
    request: count,
    targets: [{ of: 'node', ratio: 0.95 }, ...ahead('fastify', 'iron-session')],
  },
  signedRead: {
    title: 'Cookie session, signed: read',
    kind: 'signed',
    request: read,
    targets: [{ of: 'node', ratio: 0.95 }, ...ahead('koa')],
  },
  signedWrite: {
    title: 'Cookie session, signed: write',
    kind: 'signed',
    request: count,
    targets: [{ of: 'node', ratio: 0.95 }, ...ahead('koa')],
  },
  redisRead: {
    title: 'Session in Redis: read',
    kind: 'redis',
    request: read,
    targets: [{ of: 'node', ratio: 0.95 }, ...ahead('fastify', 'koa', 'express')],
    commands: 1,
  },
  redisWrite: {
    title: 'Session in Redis: write',
    kind: 'redis',
    request: count,
    targets: [{ of: 'node', ratio: 0.9 }, ...ahead('fastify', 'koa', 'express')],
    commands: 2,
  },
}
