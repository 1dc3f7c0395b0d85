/** Modules that the shapes import, by path. Labels survive a minifier, which renames classes. */
export const fixtures: Readonly<Record<string, string>> = {
  'session.ts': `
export class Session<Data = unknown> { static label = 'Session'; declare data: Data }
export abstract class Store { static label = 'Store' }
export default class Redis { static label = 'Redis' }
export interface Options { a: 1 }
export interface Clock { now(): number }
export const Clock = Object.assign(class {}, { label: 'Clock' })
export type Alias = Session<string>
export enum Kind { One }
`,
  'again.ts': `
export { Session as Visit } from './session.js'
export * from './session.js'
export { default } from './session.js'
`,
  'hen.ts': `
import { Egg, egg } from './egg.js'
export class Hen { static label = 'Hen' }
export function hen(egg: Egg) {}
export const early = egg
`,
  'egg.ts': `
import { Hen } from './hen.js'
export class Egg { static label = 'Egg' }
export function egg(hen: Hen) {}
`,
}
