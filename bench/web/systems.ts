import type { Kind } from './system.js'

/** A system that is measured: the name of its module, and what it is called in tables. */
export interface System {
  readonly name: string
  readonly title: string
  readonly kinds: readonly Kind[]
  /** What it keeps sessions with. */
  readonly plugins?: { readonly [K in Kind]?: string }
}

/** The limit, which others are compared with, and the one whose targets are checked. */
export const LIMIT = 'node'
export const OURS = 'ingot'

export const systems: readonly System[] = [
  {
    name: LIMIT,
    title: 'by hand on `node:http`',
    kinds: ['hello', 'waiting', 'sealed', 'signed', 'redis', 'memory'],
    plugins: { redis: 'ioredis', memory: 'a `Map`' },
  },
  {
    name: OURS,
    title: '**Ingot**',
    kinds: ['hello', 'waiting', 'sealed', 'signed', 'redis', 'memory'],
  },
  {
    name: 'fastify',
    title: 'Fastify',
    kinds: ['hello', 'waiting', 'sealed', 'redis', 'memory'],
    plugins: {
      sealed: '@fastify/secure-session',
      redis: '@fastify/session',
      memory: '@fastify/session',
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
    kinds: ['hello', 'waiting', 'redis', 'memory'],
    plugins: { redis: 'express-session', memory: 'express-session' },
  },
  { name: 'iron-session', title: 'iron-session on `node:http`', kinds: ['sealed'] },
]

/** What a system is called among those of a kind. */
export function titleOf(name: string, kind?: Kind): string {
  const { title, plugins } = systems.find((one) => one.name === name)!
  const plugin = kind && plugins?.[kind]
  return plugin === undefined ? title : `${title}, ${plugin}`
}
