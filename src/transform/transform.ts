import { parseSync, rawTransferSupported, type ParserOptions, type Program } from 'oxc-parser'
import { Annotator } from './annotator.js'
import { Insertions, type SourceMap } from './insertions.js'

/** A file with the types of its functions' parameters emitted, still TypeScript. */
export interface Transformed {
  readonly code: string
  /** Leads from `code` back to the original file. */
  readonly map: SourceMap
}

/** The key of `globalThis` under which the types are kept; `src/di/tokens/emitted-types.ts` reads them. */
const KEY = 'ingot.parameters'
/** A file may have a class `Symbol` of its own. */
const STORE = `(globalThis[globalThis.Symbol.for("${KEY}")]??=new globalThis.WeakMap())`

/**
 * Emits the types of parameters beside each function of a TypeScript file, so that a plain function is
 * injected by its type annotations. Nothing is replaced and no line moves.
 *
 * @param path names the file in the map; its ending says whether there is JSX.
 * @returns `undefined` when there is nothing to emit, and for a file with a syntax error: the compiler
 * that comes next explains it.
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
  const recorders = { one: name, each: `${name}_each` }
  new Annotator({ text, moduleVariable }, recorders, insertions).annotate(program)
  if (insertions.isEmpty) return undefined
  importModules(program, modules, insertions)
  insertions.put(text.length, recordersCode(name))
  return insertions.into(text, path)
}

/** Whether a path is that of a TypeScript file that runs as a module: no declarations, no CommonJS. */
export function isTypeScript(path: string): boolean {
  return /(?<!\.d)\.m?tsx?$/.test(path)
}

/** The parser documents this option, but its types lack it. */
interface Options extends ParserOptions {
  readonly experimentalRawTransfer: boolean
}

function parserOptions(path: string): Options {
  return {
    lang: path.endsWith('x') ? 'tsx' : 'ts',
    sourceType: 'module',
    preserveParens: false,
    // On Node 22 and newer the tree needs no detour through JSON, which is most of the work.
    experimentalRawTransfer: rawTransferSupported(),
  }
}

/**
 * Skips a file without any annotation or default, and one that is transformed already.
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

/** Imports each module beside the file's own import of it, so that modules are evaluated in the same order. */
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

/** The functions that record types. A weak map keeps them, so that functions and classes stay as their author wrote them. */
function recordersCode(name: string): string {
  return `
function ${name}(to,types){${STORE}.set(to,types);return to}
function ${name}_each(of,types){for(const name of globalThis.Object.keys(types))${name}(of[name],types[name]);return typeof of==="function"?of:${name}(of,types)}
`
}
