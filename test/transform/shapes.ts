/** A piece of source, and what has to be emitted for the function that it exports as \`subject\` or by default. */
export interface Shape {
  readonly title: string
  readonly code: string
  /** One for each parameter: name, type as written, what stands for it, and what it takes instead. */
  readonly notes: readonly string[] | undefined
}

const imports = `import Redis, { Session, Store, Clock, Kind, type Options } from './session.js'
import { Alias } from './session.js'
declare function keep<Value>(value: Value, ...more: unknown[]): Value
`

/** With the imports that most need, and a function that gives back what it is given. */
function shape(title: string, code: string, ...notes: string[]): Shape {
  const helper = code.includes('keep(') ? '\nfunction keep(value) { return value }' : ''
  const used = imports.replace(/declare.*\n/, '')
  return { title, code: `${used}${code}${helper}\n`, notes }
}

/** With imports of its own. */
function alone(title: string, code: string, ...notes: string[]): Shape {
  return { title, code: `${code}\n`, notes }
}

function untouched(title: string, code: string): Shape {
  return { ...shape(title, code), notes: undefined }
}

const SESSION = 'session: Session -> Session'

export const functions: readonly Shape[] = [
  shape('a declaration', `export function subject(session: Session) {}`, SESSION),
  shape('an async declaration', `export async function subject(session: Session) {}`, SESSION),
  shape('a generator', `export function* subject(session: Session) {}`, SESSION),
  shape('an async generator', `export async function* subject(session: Session) {}`, SESSION),
  shape(
    'a generator by default, with comments about',
    `export default async /* 1 */ function /* 2 */ * /* 3 */ (session: Session) {}`,
    SESSION,
  ),
  shape(
    'one exported further down',
    `function a(session: Session) {}\nexport { a as subject }`,
    SESSION,
  ),
  shape(
    'one used before it is declared',
    `export const subject = keep(late)\nfunction late(session: Session) {}`,
    SESSION,
  ),
  shape('an arrow in a const', `export const subject = (session: Session) => 1`, SESSION),
  shape('an async arrow', `export const subject = async (session: Session) => 1`, SESSION),
  shape(
    'an arrow with type parameters',
    `export const subject = <T,>(session: Session, t: T) => t`,
    SESSION,
    't: T',
  ),
  shape('an arrow in parentheses', `export const subject = ((session: Session) => 1)`, SESSION),
  shape(
    'an arrow with satisfies',
    `export const subject = ((session: Session) => 1) satisfies Function`,
    SESSION,
  ),
  shape(
    'an arrow with as',
    `export const subject = (session: Session) => 1, other = subject as unknown`,
    SESSION,
  ),
  shape(
    'an arrow that returns an arrow',
    `const outer = (store: Store) => (session: Session) => 1\nexport const subject = outer(1 as never)`,
    SESSION,
  ),
  shape('a function expression', `export const subject = function (session: Session) {}`, SESSION),
  shape(
    'a function expression with a name',
    `export const subject = function named(session: Session) {}`,
    SESSION,
  ),
  shape(
    'a let that is assigned anew',
    `export let subject = (store: Store) => 1\nsubject = (session: Session) => 1`,
    SESSION,
  ),
  shape(
    'a logical assignment',
    `export let subject: unknown\nsubject ??= (session: Session) => 1`,
    SESSION,
  ),
  shape(
    'a default of a pattern',
    `export const { subject = (session: Session) => 1 } = {} as never`,
    SESSION,
  ),
  shape('an argument of a call', `export const subject = keep((session: Session) => 1)`, SESSION),
  shape(
    'a function expression as an argument',
    `export const subject = keep(function (session: Session) {})`,
    SESSION,
  ),
  shape(
    'one of several arguments',
    `const [a] = [keep(1, 2)]\nexport const subject = keep((session: Session) => a, { b: 1 })`,
    SESSION,
  ),
  shape('an element of an array', `export const [subject] = [(session: Session) => 1]`, SESSION),
  shape(
    'a branch of a condition',
    `export const subject = 1 > 0 ? (session: Session) => 1 : undefined`,
    SESSION,
  ),
  shape(
    'what a function returns',
    `const make = () => { return (session: Session) => 1 }\nexport const subject = make()`,
    SESSION,
  ),
  shape(
    'one declared after the return',
    `function make() { return inner\n function inner(session: Session) {} }\nexport const subject = make()`,
    SESSION,
  ),
  shape(
    'one in a function with a directive',
    `function make() { 'use strict'; return inner\n function inner(session: Session) {} }\nexport const subject = make()`,
    SESSION,
  ),
  shape(
    'one in a block',
    `export let subject: unknown\n{ subject = inner\n function inner(session: Session) {} }`,
    SESSION,
  ),
  shape(
    'one in a case',
    `export let subject: unknown\nswitch (1 as number) { case 1: function inner(session: Session) {}\n subject = inner }`,
    SESSION,
  ),
  shape(
    'one in a namespace',
    `namespace Pages { export function show(session: Session) {} }\nexport const subject = Pages.show`,
    SESSION,
  ),
  shape(
    'an arrow that a namespace exports',
    `namespace Pages { export const show = (session: Session) => 1 }\nexport const subject = Pages.show`,
    SESSION,
  ),
  shape(
    'an arrow of a namespace in a namespace, with a class of it',
    `namespace A.B { class Session { static label = 'inner' }\n export const show = (session: Session) => 1 }\nexport const subject = A.B.show`,
    'session: Session -> inner',
  ),
  shape('a default export', `export default function show(session: Session) {}`, SESSION),
  shape(
    'a default export without a name',
    `export default function (session: Session) {}`,
    SESSION,
  ),
  shape(
    'an async default export without a name',
    `export default async function (session: Session) {}`,
    SESSION,
  ),
  shape('an arrow by default', `export default (session: Session) => 1`, SESSION),
  shape(
    'overloads',
    `export function subject(session: Session): void\nexport function subject(session: Session, store?: Store) {}`,
    SESSION,
    'store: Store -> Store or undefined',
  ),
  shape(
    'one in a function that may have no value',
    `const make = () => (session: Session | null) => 1\nexport const subject = make()`,
    'session: Session | null -> Session or null',
  ),
]

export const members: readonly Shape[] = [
  shape(
    'a method of an object',
    `const pages = { show(session: Session) {} }\nexport const subject = pages.show`,
    SESSION,
  ),
  shape(
    'an async method of an object',
    `const pages = { async show(session: Session) {} }\nexport const subject = pages.show`,
    SESSION,
  ),
  shape(
    'a method with a quoted name',
    `const pages = { 'show-all'(session: Session) {} }\nexport const subject = pages['show-all']`,
    SESSION,
  ),
  shape(
    'a method after a spread',
    `const pages = { ...{ a: 1 }, show(session: Session) {} }\nexport const subject = pages.show`,
    SESSION,
  ),
  shape(
    'a method before a spread that takes its name',
    `const pages = { show(session: Session) {}, ...{ show(store: Store) {} } }\nexport const subject = pages.show`,
    'store: Store -> Store',
  ),
  shape(
    'an arrow of an object',
    `const pages = { show: (session: Session) => 1 }\nexport const subject = pages.show`,
    SESSION,
  ),
  shape(
    'an arrow of an object, before a spread',
    `const pages = { show: (session: Session) => 1, ...{} }\nexport const subject = pages.show`,
    SESSION,
  ),
  shape(
    'an object in an object',
    `const pages = { deep: { show(session: Session) {} } }\nexport const subject = pages.deep.show`,
    SESSION,
  ),
  shape(
    'a method of a class',
    `class Pages { show(session: Session) {} }\nexport const subject = Pages.prototype.show`,
    SESSION,
  ),
  shape(
    'a static method',
    `class Pages { static show(session: Session) {} }\nexport const subject = Pages.show`,
    SESSION,
  ),
  shape('a constructor', `export class subject { constructor(session: Session) {} }`, SESSION),
  shape(
    'a constructor with properties',
    `export class subject { constructor(private readonly session: Session, public store?: Store) {} }`,
    SESSION,
    'store: Store -> Store or undefined',
  ),
  shape(
    'a constructor of an abstract class',
    `export abstract class subject { constructor(session: Session) {} abstract show(store: Store): void }`,
    SESSION,
  ),
  shape(
    'a class expression',
    `export const subject = class { constructor(session: Session) {} }`,
    SESSION,
  ),
  shape(
    'a class without a name, by default',
    `export default class { constructor(session: Session) {} }`,
    SESSION,
  ),
  shape(
    'a method of a class without a name',
    `const make = () => class { show(session: Session) {} }\nexport const subject = make().prototype.show`,
    SESSION,
  ),
  shape(
    'a field with an arrow',
    `class Pages { show = (session: Session) => this }\nexport const subject = new Pages().show`,
    SESSION,
  ),
  shape(
    'a static field with an arrow',
    `class Pages { static show = (session: Session) => this }\nexport const subject = Pages.show`,
    SESSION,
  ),
  shape(
    'a decorated method that takes a primitive',
    `const mark = (...of: any[]): any => {}\nclass Pages { @mark show(id: number) {} }\nexport const subject = Pages.prototype.show`,
    'id: number -> number',
  ),
  shape(
    'a method beside a private one',
    `class Pages { #show(store: Store) {} show(session: Session) { this.#show(1 as never) } }\nexport const subject = Pages.prototype.show`,
    SESSION,
  ),
]

export const types: readonly Shape[] = [
  shape(
    'type arguments',
    `export function subject(session: Session<{ a: [1, 2] }>) {}`,
    'session: Session<{ a: [1, 2] }> -> Session',
  ),
  shape(
    'several parameters',
    `export function subject(session: Session, redis: Redis, store: Store) {}`,
    SESSION,
    'redis: Redis -> Redis',
    'store: Store -> Store',
  ),
  shape(
    'a question mark',
    `export function subject(session?: Session) {}`,
    'session: Session -> Session or undefined',
  ),
  shape(
    '| undefined',
    `export function subject(session: Session | undefined) {}`,
    'session: Session | undefined -> Session or undefined',
  ),
  shape(
    '| null',
    `export function subject(session: Session | null) {}`,
    'session: Session | null -> Session or null',
  ),
  shape(
    '| null in a declaration over lines',
    `export function subject(\n  session:\n    | Session\n    | null,\n) {}`,
    'session: | Session | null -> Session or null',
  ),
  shape(
    'a default',
    `export function subject(url: URL = new URL('http://a')) {}`,
    'url: URL -> URL or default',
  ),
  shape(
    'a default without a type',
    `export function subject(session: Session, page = 1, name = 'a', all = false) {}`,
    SESSION,
    'page: number -> number or default',
    'name: string -> string or default',
    'all: boolean -> boolean or default',
  ),
  shape(
    'defaults alone',
    `export function subject(page = 1, name = 'a', all = false, big = 1n, shift = -1, text = \`b\`) {}`,
    'page: number -> number or default',
    'name: string -> string or default',
    'all: boolean -> boolean or default',
    'big: bigint -> bigint or default',
    'shift: number -> number or default',
    'text: string -> string or default',
  ),
  shape(
    'a default alone, of an arrow',
    `export const subject = (page = 1) => page`,
    'page: number -> number or default',
  ),
  shape(
    'a default alone, of a handler in a function',
    `const pages = { get: (path, fn) => fn }\nconst make = () => pages.get('/', (page = 1) => page)\nexport const subject = make()`,
    'page: number -> number or default',
  ),
  shape(
    'a default alone, of a decorated method',
    `const mark = (...of: any[]): any => {}\nclass Pages { @mark show(page = 1) {} }\nexport const subject = Pages.prototype.show`,
    'page: number -> number or default',
  ),
  shape(
    'defaults whose types say nothing',
    `export function subject(session: Session, a = null, b = /x/, c = [1], d = 1 as number, e = session) {}`,
    SESSION,
    'a: ',
    'b: ',
    'c: ',
    'd: ',
    'e: ',
  ),
  shape('this', `export function subject(this: Store, session: Session) {}`, SESSION),
  shape(
    'a pattern',
    `export function subject({ data }: Session, [a]: Array<Store>) {}`,
    ': Session -> Session',
    ': Array<Store>',
  ),
  shape(
    'the rest',
    `export function subject(session: Session, ...stores: Store[]) {}`,
    SESSION,
    'stores: Store[]',
  ),
  shape(
    'globals',
    `export function subject(url: URL, signal: AbortSignal) {}`,
    'url: URL -> URL',
    'signal: AbortSignal -> AbortSignal',
  ),
  shape(
    'primitives',
    `export function subject(a: string, b: number, c: boolean, d: bigint) {}`,
    'a: string -> string',
    'b: number -> number',
    'c: boolean -> boolean',
    'd: bigint -> bigint',
  ),
  shape(
    'an optional primitive',
    `export function subject(page?: number) {}`,
    'page: number -> number or undefined',
  ),
  shape(
    'literals',
    `export function subject(sort: 'up' | 'down', n: 1 | -1, yes: true, one: 'x') {}`,
    `sort: 'up' | 'down' -> ["up","down"]`,
    'n: 1 | -1 -> [1,-1]',
    'yes: true -> [true]',
    `one: 'x' -> ["x"]`,
  ),
  shape(
    'an interface',
    `interface Local { a: 1 }\nexport function subject(local: Local) {}`,
    'local: Local',
  ),
  shape(
    'a type alias',
    `type Local = Session\nexport function subject(local: Local) {}`,
    'local: Local',
  ),
  shape('an imported type', `export function subject(options: Options) {}`, 'options: Options'),
  shape(
    'an imported type that is not marked as one',
    `export function subject(alias: Alias) {}`,
    'alias: Alias -> nothing',
  ),
  shape(
    'an interface with a value of its name',
    `export function subject(clock: Clock) {}`,
    'clock: Clock -> Clock',
  ),
  shape('an enum', `export function subject(kind: Kind) {}`, 'kind: Kind -> object'),
  shape(
    'unions, intersections, arrays, objects, functions',
    `export function subject(a: Session | Store, b: Session & Store, c: Session[], d: { e: 1 }, f: () => void) {}`,
    'a: Session | Store',
    'b: Session & Store',
    'c: Session[]',
    'd: { e: 1 }',
    'f: () => void',
  ),
  shape(
    'a promise',
    `export function subject(session: Promise<Session>) {}`,
    'session: Promise<Session>',
  ),
  shape(
    'types of the language',
    `export function subject(a: Readonly<Session>, b: unknown, c: any, d: object) {}`,
    'a: Readonly<Session>',
    'b: unknown',
    'c: any',
    'd: object',
  ),
  shape(
    'a type parameter that hides a class',
    `export function subject<Session>(session: Session) {}`,
    'session: Session',
  ),
  shape(
    'a type parameter of the class',
    `class Pages<Store> { show(store: Store, session: Session) {} }\nexport const subject = Pages.prototype.show`,
    'store: Store',
    SESSION,
  ),
  shape(
    'a class further down',
    `export function subject(late: Late) {}\nclass Late { static label = 'Late' }`,
    'late: Late -> Late',
  ),
  shape(
    'a class of the function around',
    `function make() { class Session { static label = 'inner' }\n return (session: Session) => 1 }\nexport const subject = make()`,
    'session: Session -> inner',
  ),
  shape(
    'an interface of the function around',
    `function make() { interface Session { a: 1 }\n return (session: Session, store: Store) => 1 }\nexport const subject = make()`,
    'session: Session',
    'store: Store -> Store',
  ),
  shape(
    'a class behind a variable of its name',
    `function make(Session: number) { return (session: Session, store: Store) => Session }\nexport const subject = make(1)`,
    SESSION,
    'store: Store -> Store',
  ),
  shape(
    'a local class behind a variable of its name',
    `class Own {}\nfunction make(Own: number) { return (own: Own, store: Store) => Own }\nexport const subject = make(1)`,
    'own: Own',
    'store: Store -> Store',
  ),
]

export const modules: readonly Shape[] = [
  alone(
    'a function after a decorated export that comes first',
    `@kept export class First {\n  one(url: URL) {}\n}\nfunction kept(one: unknown) {\n  return one as never\n}\nexport function subject(url: URL) {}`,
    'url: URL -> URL',
  ),
  alone(
    'a method under a number',
    `import { Session } from './session.js'\nexport const subject = { 404(session: Session) {} }[404]`,
    'session: Session -> Session',
  ),
  alone(
    'an alias',
    `import { Session as Visit } from './session.js'\nexport function subject(visit: Visit) {}`,
    'visit: Visit -> Session',
  ),
  alone(
    'a default import',
    `import Client from './session.js'\nexport function subject(client: Client) {}`,
    'client: Client -> Redis',
  ),
  alone(
    'a namespace',
    `import * as all from './session.js'\nexport function subject(session: all.Session) {}`,
    'session: all.Session -> Session',
  ),
  alone(
    'a namespace of types',
    `import type * as all from './session.js'\nexport function subject(session: all.Session) {}`,
    'session: all.Session',
  ),
  alone(
    'import type',
    `import type { Session } from './session.js'\nexport function subject(session: Session) {}`,
    'session: Session',
  ),
  alone(
    'a re-export',
    `import { Visit } from './again.js'\nexport function subject(visit: Visit) {}`,
    'visit: Visit -> Session',
  ),
  alone(
    'a re-export of everything',
    `import Default, { Session } from './again.js'\nexport function subject(session: Session, redis: Default) {}`,
    SESSION,
    'redis: Default -> Redis',
  ),
  alone(
    'a circle, from its one side',
    `export { hen as subject } from './hen.js'`,
    'egg: Egg -> Egg',
  ),
  alone(
    'a circle, from its other side',
    `export { egg as subject } from './egg.js'`,
    'hen: Hen -> Hen',
  ),
  alone(
    'a local namespace',
    `namespace Models { export class User { static label = 'User' } }\nexport function subject(user: Models.User) {}`,
    'user: Models.User -> User',
  ),
  alone(
    'another name of a type in a namespace',
    `namespace Models { export interface User {} }\nimport User = Models.User\nexport function subject(user: User) {}`,
    'user: User',
  ),
  alone(
    'a comment before the one colon of a file',
    `export const subject = (url /* as it came */ : URL) => 1`,
    'url: URL -> URL',
  ),
  alone(
    'a name in letters of another language',
    `export const subject = (naïveté: URL) => 1`,
    'naïveté: URL -> URL',
  ),
  alone(
    'a default of a name in letters of another language',
    `export const subject = (é = 1) => é`,
    'é: number -> number or default',
  ),
  alone(
    'a name that a string exports',
    `import { 'Session' as S } from './session.js'\nexport function subject(s: S) {}`,
    's: S -> Session',
  ),
  alone(
    'a byte-order mark and characters beyond the plane',
    `\uFEFF// 🍞🍞🍞\nimport { Session } from './session.js'\nexport const bread = '🍞', subject = (session: Session) => 1`,
    SESSION,
  ),
  alone(
    'names of the language that are classes of the file',
    `import { Session } from './session.js'\nclass Symbol {}\nclass WeakMap {}\nclass Object {}\nexport default function (session: Session) {}\nexport const kept = [Symbol, WeakMap, Object, { show(session: Session) {} }]`,
    SESSION,
  ),
  alone(
    'a hashbang',
    `#!/usr/bin/env node\nimport { Session } from './session.js'\nexport function subject(session: Session) {}`,
    SESSION,
  ),
  alone(
    'imports without semicolons',
    `import { Session } from './session.js'\n;[1].map(String)\nexport function subject(session: Session) {}`,
    SESSION,
  ),
]

export const leftAlone: readonly Shape[] = [
  untouched('a function without types', `export function subject(a, b) {}`),
  untouched(
    'a callback of an array',
    `export let subject: unknown\n;[1].forEach((n: number) => {}); subject = () => 1`,
  ),
  untouched(
    'a default alone, of what is given to a call',
    `export const subject = keep((size = 10) => size)`,
  ),
  untouched(
    'a default alone, of a constructor or a method',
    `export class subject { constructor(size = 10) {} grow(by = 1) {} }`,
  ),
  untouched(
    'a default alone, of a function inside',
    `export const subject = () => { const add = (a = 1) => a; return add() }`,
  ),
  untouched('a default that says nothing', `export const subject = (all = []) => all`),
  untouched(
    'a function inside that takes no class',
    `export const subject = () => { const add = (a: number) => a; return add(1) }`,
  ),
]

export const shapes = [...functions, ...members, ...types, ...modules, ...leftAlone]
