import { shape, alone, untouched, SESSION, type Shape } from './shape.js'
import { types } from './type-shapes.js'

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
