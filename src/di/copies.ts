/**
 * One copy of Ingot in this process. What one copy made means nothing to another: its classes are others, and so are
 * its notes of decorators and token lists. Such things are refused at start-up, with the paths of both copies.
 */
interface Copy {
  readonly path: string
  /** Whether the copy made a thing, or notes something of it. */
  knows(thing: object): boolean
}

const KEY = Symbol.for('ingot.copies')

/** Characters of a URL that a message shows. */
const LONGEST = 100

/** Weak: a test runner that loads its modules anew for each file must not keep the old ones. */
const copies = ((globalThis as { [KEY]?: WeakRef<Copy>[] })[KEY] ??= [])

const recognizers: ((thing: object) => boolean)[] = []

const own: Copy = {
  path: pathOfThisCopy(),
  knows: (thing) => recognizers.some((isOurs) => isOurs(thing)),
}
copies.push(new WeakRef(own))

/** Says how things of ours are recognized. A layer calls it beside the classes and notes that are its own. */
export function recognize(isOurs: (thing: object) => boolean): void {
  recognizers.push(isOurs)
}

/**
 * Why a thing means nothing here, when another copy of Ingot made it, and what to do: `undefined` when none did.
 * Only messages and start-up ask.
 */
export function fromAnotherCopy(thing: unknown): string | undefined {
  const isThing = typeof thing === 'function' || (typeof thing === 'object' && thing !== null)
  if (!isThing || copies.length < 2 || own.knows(thing)) return undefined
  const other = copies
    .map((copy) => copy.deref())
    .find((copy) => copy !== undefined && copy !== own && copy.knows(thing))
  if (!other) return undefined
  if (other.path === own.path)
    return `Ingot was loaded twice from ${own.path}, and the other one made this: a test runner that loads modules anew has to do so for all of them.`
  return `Ingot is installed twice, and the other copy made this: ${other.path} beside ${own.path}. \`npm ls ingot\` shows who brings each; \`npm dedupe\`, or a peer dependency in the package that brings its own, leaves one.`
}

/** The folder of the package; in a bundle its file. */
function pathOfThisCopy(): string {
  // A bundle in CommonJS has no URL.
  const url = (import.meta.url as string | undefined) ?? 'a bundle'
  // A `data:` URL has the whole program in it.
  if (!url.startsWith('file:')) return url.length > LONGEST ? `${url.slice(0, LONGEST)}…` : url
  const path = decodeURIComponent(new URL(url).pathname)
  return path.replace(/\/(?:dist|src)\/di\/copies\.[jt]s(?:[?#].*)?$/, '')
}
