import { runInNewContext } from 'node:vm'
import * as ioredis from 'ioredis'
import { expect, test } from 'vitest'
import * as ingot from '../src/index.js'
import {
  App,
  DIError,
  route,
  Session,
  SessionStore,
  type Component,
  type Token,
} from '../src/index.js'
import * as ingotRedis from '../src/sessions/redis/index.js'

class AdminSession extends Session {}

/** Whatever the packages export, the classes that their components provide, and a session of another kind. */
const EXPORTED: Readonly<Record<string, unknown>> = {
  ...ingot,
  ...ingotRedis,
  Redis: ioredis.Redis,
  Cluster: ioredis.Cluster,
  AdminSession,
}

/** Those that a route without any component gets: there is nothing to forget. */
const ALWAYS_THERE =
  'Resolver App Route Cookies FormParts Hooks Reply ClientAddress Exchange RequestId'.split(' ')

/** Those that only some functions can ask for: the message names them. */
const NOT_FOR_HANDLERS = ['Parameter', 'Next']

/** Those that a component is forgotten for, or the parentheses. */
const FORGOTTEN =
  'Session SessionView sessionIfAvailable SessionEnd UserSessions AllSessions CsrfToken AdminSession Redis Cluster Param Query Header CookieValue Body'.split(
    ' ',
  )

function appWith(token: unknown, ...components: Component[]): App {
  return new App({ components, routes: [route.get('/:id', [token as Token], function show() {})] })
}

async function remedyFor(token: unknown): Promise<string | undefined> {
  const error: unknown = await appWith(token)
    .ready()
    .catch((thrown: unknown) => thrown)
  return error instanceof DIError ? error.errors[0]!.remedy : undefined
}

/** The first line in backquotes, run with the packages' exports. */
function lineIn(remedy: string): unknown {
  return runInNewContext(/`([^`]+)`/.exec(remedy)![1]!, { ...EXPORTED })
}

/** Functions are no tokens, errors and stores are made by hand: nobody forgets a component for them. */
function isMadeByHand(exported: unknown): boolean {
  if (typeof exported !== 'function') return true
  const { prototype } = exported as { prototype?: unknown }
  const isClass = /^class\b/.test(Function.prototype.toString.call(exported))
  return !isClass || prototype instanceof Error || prototype instanceof SessionStore
}

test('every token that the packages export is provided, or told with the line to add [C11]', async () => {
  const told: Record<string, string> = {}
  for (const [name, exported] of Object.entries(EXPORTED)) {
    const isKnown = [...ALWAYS_THERE, ...NOT_FOR_HANDLERS, ...FORGOTTEN].includes(name)
    if (isMadeByHand(exported) && !isKnown) continue
    const remedy = await remedyFor(exported)
    told[name] = remedy === undefined ? 'is there' : kindOf(remedy)
  }
  const named = (names: readonly string[], kind: string) =>
    Object.fromEntries(names.map((name) => [name, kind]))
  expect(told).toEqual({
    ...named(ALWAYS_THERE, 'is there'),
    ...named(FORGOTTEN, 'has a line'),
    ...named(NOT_FOR_HANDLERS, 'is not for handlers'),
    // Values and bases of backends, which a component of the application provides where somebody asks for them.
    ...named(['Cookie', 'MemoryBackend', 'SessionStore', 'RedisBackend'], 'has no line'),
  })
})

function kindOf(remedy: string): string {
  if (/^(?:Only|Ask for)/.test(remedy)) return 'is not for handlers'
  return /(?:^Add|called:) `/.test(remedy) ? 'has a line' : 'has no line'
}

test.each(FORGOTTEN)('the line that is told for %s works [C11]', async (name) => {
  const line = lineIn((await remedyFor(EXPORTED[name]))!)
  // A marker is asked for; a component is added.
  const isMarker = typeof line === 'function'
  const app = isMarker ? appWith(line) : appWith(EXPORTED[name], line as Component)
  expect(app.explain('GET /:id')).not.toContain('???')
  // What connects to a server is only planned.
  if (name !== 'Redis' && name !== 'Cluster') await app.ready()
})
