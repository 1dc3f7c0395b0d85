import { parseSync, rawTransferSupported, type ParserOptions, type Program } from 'oxc-parser'
import { Annotator } from './annotator.js'
import { Insertions, type SourceMap } from './insertions.js'

/** A file with what its functions ask for written down, still TypeScript. */
export interface Transformed {
  readonly code: string
  /** Leads from `code` to the file as it was. */
  readonly map: SourceMap
}

/** The key of `globalThis` under which notes are kept; `src/di/tokens/emitted-types.ts` reads them. */
const KEY = 'ingot.parameters'
/** A file may have a class `Symbol` of its own. */
const STORE = `(globalThis[globalThis.Symbol.for("${KEY}")]??=new globalThis.WeakMap())`

/**
 * Writes down beside each function of a TypeScript file what its parameters ask for, so that a plain
 * function is injected by the types it is annotated with. Nothing is replaced and no line moves.
 *
 * @param path names the file in the map, and says by its ending whether there is JSX.
 * @returns `undefined` when there is nothing to write down, and for a file with a syntax error: the
 * compiler that comes next has the words for it.
 */
export function transform(text: string, path: string): Transformed | undefined {
  if (!mayAnnotate(text)) return undefined
  const { program, errors } = parseSync(path, text, parserOptions(path))
  if (errors.length > 0) return undefined
  const name = unusedName(text)
  const insertions = new Insertions()
  const modules = new Map<string, string>()
  const moduleVariable = (source: string): string => {
    const variable = modules.get(source) ?? `${name}_${modules.size}`
    modules.set(source, variable)
    return variable
  }
  const writers = { one: name, each: `${name}_each` }
  new Annotator({ text, moduleVariable }, writers, insertions).annotate(program)
  if (insertions.isEmpty) return undefined
  importModules(program, modules, insertions)
  insertions.put(text.length, writersCode(name))
  return insertions.into(text, path)
}

/** Whether a path is that of a TypeScript file that runs as a module: no declarations, no CommonJS. */
export function isTypeScript(path: string): boolean {
  return /(?<!\.d)\.m?tsx?$/.test(path)
}

/** The types of the parser do not know the option; its documentation does. */
interface Options extends ParserOptions {
  readonly experimentalRawTransfer: boolean
}

function parserOptions(path: string): Options {
  return {
    lang: path.endsWith('x') ? 'tsx' : 'ts',
    sourceType: 'module',
    preserveParens: false,
    // The tree without a detour through JSON, which is most of the work: Node 22 and newer can.
    experimentalRawTransfer: rawTransferSupported(),
  }
}

/**
 * A file without annotations and defaults has none on parameters either; one that was transformed is
 * done.
 */
function mayAnnotate(text: string): boolean {
  const isTyped = /[\w$\]})/\u0080-\uffff](?:\s*\?)?\s*:/.test(text)
  const hasDefault = /[(,/]\s*[\w$\u0080-\uffff]+\s*=(?!=|>)/.test(text)
  return (isTyped || hasDefault) && !text.includes(STORE)
}

function unusedName(text: string): string {
  let name = '__ingot'
  while (text.includes(name)) name += '_'
  return name
}

/** Beside the imports that the file has, so that modules are evaluated in the order it has them in. */
function importModules(
  program: Program,
  modules: ReadonlyMap<string, string>,
  insertions: Insertions,
): void {
  const left = new Map(modules)
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') continue
    const variable = left.get(statement.source.value)
    if (variable === undefined || statement.attributes.length > 0) continue
    left.delete(statement.source.value)
    insertions.put(statement.end, `;import * as ${variable} from ${statement.source.raw};`)
  }
}

/** Kept in a weak map, so that functions and classes stay as their author wrote them. */
function writersCode(name: string): string {
  return `
function ${name}(to,note){${STORE}.set(to,note);return to}
function ${name}_each(of,notes){for(const name of globalThis.Object.keys(notes))${name}(of[name],notes[name]);return typeof of==="function"?of:${name}(of,notes)}
`
}
