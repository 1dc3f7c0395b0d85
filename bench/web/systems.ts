import type { Kind } from './system.js'

/** A system that is measured: the name of its module, what it is called in tables, what it takes part with. */
export interface Entry {
  readonly name: string
  readonly title: string
  readonly kinds: readonly Kind[]
  /** Whether it is a limit, written by hand, and not something that people use. */
  readonly isLimit?: boolean
}

export const systems: readonly Entry[] = [
  {
    name: 'node',
    title: 'by hand on `node:http`',
    kinds: ['hello', 'sealed', 'signed', 'redis'],
    isLimit: true,
  },
  { name: 'ingot', title: '**Ingot**', kinds: ['hello', 'sealed', 'signed', 'redis'] },
  { name: 'fastify', title: 'Fastify', kinds: ['hello', 'sealed', 'redis'] },
  { name: 'srvx', title: 'srvx, `FastResponse`', kinds: ['hello'] },
  { name: 'hono', title: 'Hono', kinds: ['hello'] },
  { name: 'h3', title: 'h3', kinds: ['hello'] },
  { name: 'nest', title: 'Nest on Fastify', kinds: ['hello'] },
  { name: 'koa', title: 'Koa, koa-session', kinds: ['hello', 'signed', 'redis'] },
  { name: 'express', title: 'Express, express-session', kinds: ['hello', 'redis'] },
  { name: 'iron-session', title: 'iron-session on `node:http`', kinds: ['sealed'] },
]
