import type { Kind } from './system.js'

/** A system that is measured: the name of its module, and what it is called in tables. */
export interface System {
  readonly name: string
  readonly title: string
  readonly kinds: readonly Kind[]
  /** What it keeps sessions with. */
  readonly plugins?: { readonly [K in Kind]?: string }
  /** Whether it has no sessions: what the others add is added to it. */
  readonly isBare?: boolean
}

/** The limit, which others are compared with, and the one whose targets are checked. */
export const LIMIT = 'node'
export const OURS = 'ingot'

const DATABASES = ['postgres', 'sqlite', 'mysql'] as const
const EVERY_KIND = [
  'hello',
  'waiting',
  'sealed',
  'signed',
  'redis',
  'memory',
  ...DATABASES,
] as const
/** The stores of express-session. */
const STORES = {
  postgres: 'connect-pg-simple',
  sqlite: 'better-sqlite3-session-store',
  mysql: 'express-mysql-session',
}

export const systems: readonly System[] = [
  {
    name: LIMIT,
    title: 'by hand on `node:http`',
    kinds: [...EVERY_KIND],
    plugins: {
      redis: 'ioredis',
      memory: 'a `Map`',
      postgres: 'pg',
      sqlite: 'better-sqlite3',
      mysql: 'mysql2',
    },
  },
  {
    name: OURS,
    title: '**Ingot**',
    kinds: [...EVERY_KIND, 'inExpress', 'inHono', 'inFastify'],
    plugins: {
      inExpress: '`ingot/express`',
      inHono: '`ingot/hono`',
      inFastify: '`ingot/fastify`',
    },
  },
  {
    name: 'fastify',
    title: 'Fastify',
    kinds: ['hello', 'waiting', 'sealed', 'redis', 'memory', 'inFastify'],
    plugins: {
      sealed: '@fastify/secure-session',
      redis: '@fastify/session',
      memory: '@fastify/session',
      inFastify: '@fastify/session',
    },
  },
  { name: 'srvx', title: 'srvx, `FastResponse`', kinds: ['hello'] },
  { name: 'hono', title: 'Hono', kinds: ['hello', 'waiting'] },
  { name: 'h3', title: 'h3', kinds: ['hello', 'waiting'] },
  { name: 'nest', title: 'Nest on Fastify', kinds: ['hello', 'waiting'] },
  {
    name: 'koa',
    title: 'Koa',
    kinds: ['hello', 'waiting', 'signed', 'redis'],
    plugins: { signed: 'koa-session', redis: 'koa-session' },
  },
  {
    name: 'express',
    title: 'Express',
    kinds: ['hello', 'waiting', 'redis', 'memory', ...DATABASES, 'inExpress'],
    plugins: {
      redis: 'express-session',
      memory: 'express-session',
      inExpress: 'express-session',
      ...STORES,
    },
  },
  {
    name: 'express-session',
    title: 'express-session on `node:http`',
    kinds: DATABASES,
    plugins: STORES,
  },
  {
    name: 'hand-hono',
    title: 'Hono, by hand',
    kinds: ['inHono'],
    plugins: { inHono: 'a `Map`' },
  },
  { name: 'bare-express', title: 'Express alone', kinds: ['inExpress'], isBare: true },
  { name: 'bare-hono', title: 'Hono alone', kinds: ['inHono'], isBare: true },
  { name: 'bare-fastify', title: 'Fastify alone', kinds: ['inFastify'], isBare: true },
  { name: 'iron-session', title: 'iron-session on `node:http`', kinds: ['sealed'] },
]

/** The system without sessions, of a kind that has one. */
export function bareOf(kind: Kind): string | undefined {
  return systems.find(({ isBare, kinds }) => isBare && kinds.includes(kind))?.name
}

/** What a system is called among those of a kind. */
export function titleOf(name: string, kind?: Kind): string {
  const { title, plugins } = systems.find((one) => one.name === name)!
  const plugin = kind && plugins?.[kind]
  return plugin === undefined ? title : `${title}, ${plugin}`
}
