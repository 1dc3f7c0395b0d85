import 'reflect-metadata'
import module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as ours from '../../src/index.js'
import { refusalOf } from './world.js'

type Ingot = typeof ours

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const TWICE = `Ingot was loaded twice from ${root}, and the other one made this: a test runner that loads modules anew has to do so for all of them.`

/** The library once more, as a test runner loads it that forgets its modules between two tests. */
async function loadedAnew(): Promise<Ingot> {
  vi.resetModules()
  return import('../../src/index.js')
}

/** What has to be done about the one mistake of an application with this route. */
async function remedyFor(fn: (...given: never[]) => unknown): Promise<string | undefined> {
  const app = new ours.App({ routes: [ours.route.get('/', fn)] })
  return (await refusalOf(app.ready())).errors[0]!.remedy
}

describe('a copy of Ingot that was loaded from the same place', () => {
  test('is told as that, for each thing that it made [C6, C7]', async () => {
    const other = await loadedAnew()
    expect(other.App).not.toBe(ours.App)
    const name = other.token('name')
    const { Session, Cookies, Hooks, Next, Resolver } = other
    for (const token of [name, Session, Cookies, Hooks, Next, Resolver, other.optional(name)])
      expect(await remedyFor(ours.inject([token] as never, () => 'x'))).toContain(TWICE)
    const show = other.inject([], function show() {})
    const showing = new ours.App({ routes: [ours.route.get('/', show)] })
    expect((await refusalOf(showing.ready())).errors[0]).toMatchObject({
      problem: 'the tokens of show are not known here.',
      remedy: expect.stringContaining(TWICE),
    })
    for (const routes of [[other.route.get('/', () => 'x')], [other.route.group('/', [])]]) {
      const error = await refusalOf(new ours.App({ routes: routes as never }).ready())
      expect(error.errors[0]!.remedy).toBe(TWICE)
    }
    expect(() => ours.sessions(new other.MemoryStore() as never)).toThrow(TWICE)
  })

  test('is found among several, and says nothing of what nobody made [C6]', async () => {
    const copies = [await loadedAnew(), await loadedAnew(), await loadedAnew()]
    for (const { token } of copies)
      expect(await remedyFor(ours.inject([token('name')] as never, () => 'x'))).toContain(TWICE)
    class Nobodys {}
    for (const token of [ours.token('name'), ours.Session, Nobodys])
      expect(await remedyFor(ours.inject([token], () => 'x'))).not.toContain('Ingot')
  })
})

describe('a class whose decorator nobody here knows', () => {
  class Decorated {}
  Reflect.defineMetadata('design:paramtypes', [], Decorated)
  const { cache } = createRequire(import.meta.url)
  const loaded = `${root}/node_modules/tsyringe`

  /** As if Node had loaded these as well. */
  function alsoLoaded(...paths: readonly string[]): void {
    for (const path of paths) cache[path] = new module(path)
    onTestFinished(() => {
      for (const path of paths) delete cache[path]
    })
  }

  test('may be of another tsyringe, of which Node has loaded one [C7]', async () => {
    alsoLoaded('/srv/node_modules/other/dist/cjs/index.js', '/srv/tsyringe/dist/cjs/index.json')
    expect(await remedyFor(ours.inject([Decorated], () => 'x'))).toMatch(
      /, …\)\. A decorator of the class is not known here: if it is tsyringe's, tsyringe is installed twice, which `npm ls tsyringe` shows\.$/,
    )
  })

  test('is told with the folders of all that Node has loaded [C7]', async () => {
    const [here, there] = ['/srv/node_modules/tsyringe', 'C:\\srv\\tsyringe']
    alsoLoaded(`${here}/dist/cjs/index.js`, `${there}\\dist\\cjs\\index.js`)
    expect(await remedyFor(ours.inject([Decorated], () => 'x'))).toMatch(
      `, …). A decorator of the class is not known here; tsyringe is installed twice: ${loaded} beside ${here} beside ${there}. \`npm ls tsyringe\` shows who brings each.`,
    )
  })
})
