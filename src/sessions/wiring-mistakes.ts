import {
  describeToken,
  DIProblem,
  isSameToken,
  type Token,
  type WiredApplication,
} from '../di/index.js'
import { csrfGuardOf } from './csrf/csrf-token-guard.js'
import { Session } from './session/session.js'

/** One use of `sessions()`, as far as others can get in its way. */
export interface Registration {
  readonly label: string
  readonly token: Token
  readonly store: object
  /** `undefined` when it is not known before the store is built. */
  readonly cookieName: string | undefined
}

/** Why two uses of `sessions()` cannot stand in one application. */
export function conflictsOf(first: Registration, second: Registration): DIProblem[] {
  const problems: DIProblem[] = []
  const facts = {
    code: 'DI_SESSIONS',
    path: [first.label, second.label],
    route: undefined,
  } as const
  if (isSameToken(first.token, second.token)) {
    const problem = `both provide ${describeToken(first.token)}, so the second would never be used.`
    const remedy = GIVE_TOKEN
    problems.push(new DIProblem({ ...facts, problem, remedy, providedTwice: first.token }))
  }
  const { cookieName } = first
  const isSameName = cookieName !== undefined && cookieName === second.cookieName
  if (first.store === second.store || isSameName) {
    const cookie = cookieName === undefined ? 'the same cookie' : `the cookie '${cookieName}'`
    const problem = `both set ${cookie}, and the browser keeps one: the other session is lost.`
    problems.push(new DIProblem({ ...facts, problem, remedy: GIVE_NAME }))
  }
  return problems
}

const GIVE_TOKEN =
  'Let handlers ask for the second by a token of its own: class AdminSession extends Session {} and ' +
  'sessions(store, { as: AdminSession }).'
const GIVE_NAME =
  "Give the store of the second a cookie of its own: new MemoryStore({ name: '__Host-admin' })."

/**
 * Routes that change something with a session of another kind, behind guards for tokens of which none is for that
 * kind: visitors who have no session but this one would pass without a token.
 */
export function unguardedRoutes(token: Token, { plans }: WiredApplication): DIProblem[] {
  if (token === Session) return []
  const kind = describeToken(token)
  return plans.flatMap((plan) => {
    const { name } = plan
    const guards = plan.functions
      .flatMap((middleware) => csrfGuardOf(middleware) ?? [])
      .filter(({ check }) => check.concernsRoute(name))
    if (guards.length === 0 || guards.some(({ as }) => isSameToken(as, token))) return []
    if (!plan.uses(token)) return []
    return new DIProblem({
      code: 'DI_CSRF_TOKEN',
      problem: `csrfTokenGuard checks no token of ${kind}: a visitor with that session alone passes without one.`,
      path: ['csrfTokenGuard', kind],
      remedy: `Guard the route with csrfTokenGuard({ as: ${kind} }) instead.`,
      route: name,
    })
  })
}
