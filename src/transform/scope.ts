import type { Node, TSTypeName } from 'oxc-parser'

/** Where an imported name comes from. */
export interface Imported {
  readonly source: string
  /** The name it is exported by, `default` included; `*` is the whole module. */
  readonly name: string
}

/** A type that is gone at run time; `src/di/graph/erased-types.ts` has the words for each. */
export type Gone = 'interface' | 'alias' | 'parameter' | 'import type' | 'data' | 'require'

/**
 * What a name stands for: a type that is gone at run time, a value that is no type, both in one (a class, an enum, a
 * token beside its interface), what is declared but defined elsewhere, or an import, which may be any of these.
 */
export type Meaning = Gone | 'value' | 'both' | 'declared' | Imported

/** What a type's name stands for. */
export interface Found {
  /** `undefined` for a name that the file does not declare: a global. */
  readonly meaning: Exclude<Meaning, 'value'> | undefined
  /** Whether a nearer value of the same name hides it from code. */
  readonly isHidden: boolean
}

/** The names of one function, block or class, as far as types are concerned. */
export class Scope {
  readonly #parent: Scope | undefined
  readonly #names = new Map<string, Meaning>()
  /** Those that may be classes, once they were read. */
  #classes: readonly string[] | undefined

  constructor(parent?: Scope) {
    this.#parent = parent
  }

  declare(name: string, meaning: Meaning): void {
    const present = this.#names.get(name)
    const isBoth = present !== undefined && present !== meaning
    this.#names.set(name, isBoth ? 'both' : meaning)
    this.#classes = undefined
  }

  /** A scope inside this one, with the type parameters of a function or class. */
  inside(owner: { typeParameters?: TypeParameters | null }): Scope {
    const inner = new Scope(this)
    for (const { name } of owner.typeParameters?.params ?? []) inner.declare(name.name, 'parameter')
    return inner
  }

  /** Declares what a list of statements declares: functions, classes, variables, types. */
  declareAll(statements: readonly Node[]): this {
    for (const statement of statements) this.#declareStatement(statement)
    return this
  }

  /** Declares the names that a pattern binds: parameters, variables. */
  declareBindings(pattern: Node | null): void {
    switch (pattern?.type) {
      case 'Identifier':
        return this.declare(pattern.name, 'value')
      case 'ObjectPattern':
        return pattern.properties.forEach((one) => {
          this.declareBindings(one.type === 'RestElement' ? one.argument : one.value)
        })
      case 'ArrayPattern':
        return pattern.elements.forEach((one) => this.declareBindings(one))
      case 'AssignmentPattern':
        return this.declareBindings(pattern.left)
      case 'RestElement':
        return this.declareBindings(pattern.argument)
      case 'TSParameterProperty':
        return this.declareBindings(pattern.parameter)
      default:
    }
  }

  /** What the name of a type stands for here. */
  find(name: string, isHidden = false): Found {
    const meaning = this.#names.get(name)
    if (meaning !== undefined && meaning !== 'value') return { meaning, isHidden }
    const isHiddenAbove = isHidden || meaning === 'value'
    return (
      this.#parent?.find(name, isHiddenAbove) ?? { meaning: undefined, isHidden: isHiddenAbove }
    )
  }

  /** The names that fit and may stand for classes here. */
  classNames(fits: (name: string) => boolean): readonly string[] {
    this.#classes ??= [...this.#names.keys()].filter((name) => this.#mayBeClass(name))
    return [...(this.#parent?.classNames(fits) ?? []), ...this.#classes.filter(fits)]
  }

  #mayBeClass(name: string): boolean {
    const meaning = this.#names.get(name)
    return meaning !== 'value' && !isGone(meaning)
  }

  #declareStatement(statement: Node): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        return this.#declareImports(statement)
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        return statement.declaration ? this.#declareStatement(statement.declaration) : undefined
      case 'ClassDeclaration':
      case 'TSEnumDeclaration':
        return statement.id
          ? this.declare(statement.id.name, statement.declare ? 'declared' : 'both')
          : undefined
      case 'FunctionDeclaration':
      case 'TSDeclareFunction':
        return statement.id ? this.declare(statement.id.name, 'value') : undefined
      case 'VariableDeclaration':
        return statement.declarations.forEach(({ id }) => this.declareBindings(id))
      case 'TSInterfaceDeclaration':
        return this.declare(statement.id.name, 'interface')
      case 'TSTypeAliasDeclaration':
        return this.declare(statement.id.name, 'alias')
      case 'TSModuleDeclaration':
        return this.#declareNamespace(statement.id, statement.declare ? 'declared' : 'both')
      case 'TSImportEqualsDeclaration':
        // Compilers remove it where only types use it; reading it would keep a module that may not exist.
        return this.declare(statement.id.name, 'require')
      default:
    }
  }

  /** `namespace Shop.Cart` declares `Shop`. */
  #declareNamespace(
    id: Extract<Node, { type: 'TSModuleDeclaration' }>['id'] | TSTypeName,
    meaning: Meaning,
  ): void {
    if (id.type === 'TSQualifiedName') return this.#declareNamespace(id.left, meaning)
    if (id.type === 'Identifier') this.declare(id.name, meaning)
  }

  #declareImports(statement: Extract<Node, { type: 'ImportDeclaration' }>): void {
    for (const one of statement.specifiers) {
      const isType =
        statement.importKind === 'type' ||
        (one.type === 'ImportSpecifier' && one.importKind === 'type')
      const imported = { source: statement.source.value, name: importedName(one) }
      // With attributes it is data, such as JSON.
      const isData = statement.attributes.length > 0
      this.declare(one.local.name, isType ? 'import type' : isData ? 'data' : imported)
    }
  }
}

/** Whether nothing is left of a type at run time. */
export function isGone(meaning: Meaning | undefined): meaning is Gone {
  return typeof meaning === 'string' && GONE.has(meaning)
}

const GONE: ReadonlySet<Meaning> = new Set<Gone>([
  'interface',
  'alias',
  'parameter',
  'import type',
  'data',
  'require',
])

interface TypeParameters {
  readonly params: readonly { readonly name: { readonly name: string } }[]
}

function importedName(
  specifier: Extract<Node, { type: 'ImportDeclaration' }>['specifiers'][number],
): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  const { imported } = specifier
  return imported.type === 'Literal' ? imported.value : imported.name
}
