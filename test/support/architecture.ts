import { posix } from 'node:path'
import { parseSync, Visitor, type StringLiteral } from 'oxc-parser'

/** Source text by path from the package's folder: `src/di/token.ts`. */
export type Modules = ReadonlyMap<string, string>

export interface ArchitectureRules {
  /** For each folder of `src`, the folders and rooms it may import, through their `index.ts` only. */
  readonly layers: Readonly<Record<string, readonly string[]>>
  /** For each room, a folder within a layer, the rooms and single files of its layer that it may import. */
  readonly rooms: Readonly<Record<string, readonly string[]>>
  /** Where a `node:` module or a package may be imported; a `node:` module not listed here, nowhere. */
  readonly onlyIn: Readonly<Record<string, readonly string[]>>
  /** Files of a folder that nothing outside the folder may import: the entry is for users. */
  readonly leaves: readonly string[]
  readonly maximumLines: number
  /** How many files a folder may hold itself, and how deep below `src` the deepest may be, `src` included. */
  readonly maximumFiles: number
  readonly maximumDepth: number
}

interface Import {
  readonly from: string
  /** A path like `src/di/token.ts`, or the specifier of something that is not ours. */
  readonly to: string
}

/** One sentence for each place that breaks the rules. */
export function architectureProblems(modules: Modules, rules: ArchitectureRules): string[] {
  const imports = [...modules].flatMap(([path, source]) => importsOf(path, source))
  return [
    ...[...modules].flatMap(([path, source]) => fileProblems(path, source, rules)),
    ...folderSizes(modules, rules),
    ...imports.flatMap((each) =>
      each.to.startsWith('src/')
        ? folderProblems(each, modules, rules)
        : outsideProblems(each, rules),
    ),
    ...cycles(modules, imports).map((cycle) => `${cycle.join(' -> ')} is an import cycle`),
  ]
}

function fileProblems(path: string, source: string, rules: ArchitectureRules): string[] {
  const problems: string[] = []
  if (path.split(/[/.]/).some((part) => /^(utils?|helpers?|commons?|types?)$/.test(part))) {
    problems.push(`${path} has a name that says nothing: name the idea`)
  }
  const lines = source.trimEnd().split('\n').length
  if (lines > rules.maximumLines) {
    problems.push(`${path} has ${lines} lines, more than ${rules.maximumLines}: split it`)
  }
  return problems
}

function folderProblems(
  { from, to }: Import,
  modules: Modules,
  rules: ArchitectureRules,
): string[] {
  if (!modules.has(to)) return [`${from} imports ${to}, which does not exist`]
  const isDoor = to === `src/${roomOf(to)}/index.ts`
  const mayEnter = isDoor && (rules.layers[layerOf(from)]?.includes(roomOf(to)) ?? false)
  // A room of another layer that has a door of its own.
  if (mayEnter && layerOf(from) !== layerOf(to)) return []
  const leaf = rules.leaves.find((folder) => to.startsWith(folder) && !from.startsWith(folder))
  if (leaf !== undefined) return [`${from} imports ${to}, but nothing may import ${leaf}`]
  const [source, target] = [layerOf(from), layerOf(to)]
  if (source === target) return roomProblems(from, to, rules)
  const allowed = rules.layers[source]
  if (allowed === undefined)
    return [`${from} is in a layer without rules: say what ${source} may import`]
  if (!allowed.includes(target))
    return [`${from} imports ${to}, but ${source} may not import ${target}`]
  return to === `src/${target}/index.ts`
    ? []
    : [`${from} imports ${to}, not src/${target}/index.ts`]
}

/** Within a layer, one room imports another only where the rules say so. */
function roomProblems(from: string, to: string, rules: ArchitectureRules): string[] {
  const [source, target] = [roomOf(from), roomOf(to)]
  if (source === target) return []
  const allowed = rules.rooms[source]
  if (allowed === undefined) return [`${source} is a room without rules: say what it may import`]
  if (allowed.includes(target) || allowed.includes(to)) return []
  return [`${from} imports ${to}, but ${source} may not import ${target}`]
}

function folderSizes(modules: Modules, { maximumFiles, maximumDepth }: ArchitectureRules) {
  const folders = new Map<string, number>()
  for (const path of modules.keys()) {
    const folder = posix.dirname(path)
    folders.set(folder, (folders.get(folder) ?? 0) + 1)
  }
  return [...folders].flatMap(([folder, files]) => [
    ...(files > maximumFiles ? [`${folder} holds ${files} files, more than ${maximumFiles}`] : []),
    ...(folder.split('/').length > maximumDepth
      ? [`${folder} is deeper than ${maximumDepth} folders`]
      : []),
  ])
}

/**
 * Files under 30 lines that one other file uses: they belong there, unless they are a name of a door.
 *
 * @param crumbs those that stay files of their own, each with the reason.
 */
export function crumbProblems(modules: Modules, crumbs: Readonly<Record<string, string>>) {
  const imports = [...modules].flatMap(([path, source]) => importsOf(path, source))
  const found = new Map<string, string>()
  for (const [path, source] of modules) {
    const [user, another] = imports.filter(({ to }) => to === path).map(({ from }) => from)
    const isShort = source.trimEnd().split('\n').length < 30
    if (isShort && user && !another && !user.endsWith('/index.ts')) found.set(path, user)
  }
  return [
    ...[...found]
      .filter(([path]) => crumbs[path] === undefined)
      .map(([path, user]) => `${path} is short and used by ${user} alone: move it there`),
    ...Object.keys(crumbs)
      .filter((path) => !found.has(path))
      .map((path) => `${path} is listed as a crumb, and is none`),
  ]
}

function outsideProblems({ from, to }: Import, rules: ArchitectureRules): string[] {
  const places = rules.onlyIn[to] ?? (to.startsWith('node:') ? [] : undefined)
  if (places === undefined || places.some((place) => from.startsWith(place))) return []
  return [`${from} imports ${to}, which is allowed only in ${places.join(', ') || 'no file'}`]
}

/** `di` for `src/di/token.ts`; the file itself for one that is directly in `src`. */
function layerOf(path: string): string {
  return path.split('/')[1] ?? path
}

/** `di/tokens` for `src/di/tokens/token.ts`; `di` for what stands in the layer's own folder. */
function roomOf(path: string): string {
  return posix.dirname(path).slice('src/'.length)
}

/** Imports and re-exports, type-only ones and `import('x')` in code and in types included. */
function importsOf(path: string, source: string): Import[] {
  const { program, errors } = parseSync(path, source)
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`)
  const specifiers = new Set<string>()
  const add = ({ source }: { source: unknown }) => {
    if (isLiteral(source)) specifiers.add(source.value)
  }
  new Visitor({
    ImportDeclaration: add,
    ExportAllDeclaration: add,
    ExportNamedDeclaration: add,
    ImportExpression: add,
    TSImportType: add,
  }).visit(program)
  return [...specifiers].map((specifier) => ({ from: path, to: resolve(path, specifier) }))
}

function isLiteral(node: unknown): node is StringLiteral {
  return typeof node === 'object' && node !== null && 'type' in node && node.type === 'Literal'
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')
}

/** Everything that is loaded with a module: its imports and exports, but no types and no `import()`. */
export function loadedBy(entry: string, modules: Modules): string[] {
  const loaded = new Set([entry])
  for (const path of loaded) {
    const text = modules.get(path)
    if (text === undefined) continue
    const { staticImports, staticExports } = parseSync(path, text).module
    const isValue = ({ isType }: { readonly isType: boolean }): boolean => !isType
    for (const { moduleRequest, entries } of staticImports) {
      if (entries.length === 0 || entries.some(isValue))
        loaded.add(resolve(path, moduleRequest.value))
    }
    for (const { entries } of staticExports) {
      for (const { moduleRequest } of entries.filter(isValue))
        if (moduleRequest) loaded.add(resolve(path, moduleRequest.value))
    }
  }
  return [...loaded]
}

/** Each cycle once, as a path that ends where it starts. */
function cycles(modules: Modules, imports: readonly Import[]): string[][] {
  const found: string[][] = []
  const finished = new Set<string>()
  const walk = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path])
    if (trail.includes(path) || finished.has(path)) return
    for (const each of imports) if (each.from === path) walk(each.to, [...trail, path])
    finished.add(path)
  }
  for (const path of modules.keys()) walk(path, [])
  return found
}
