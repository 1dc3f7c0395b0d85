import {
  visitorKeys,
  type ArrowFunctionExpression,
  type Class,
  type ClassElement,
  type ExportNamedDeclaration,
  type Function,
  type Node,
  type ObjectExpression,
  type Program,
  type SwitchStatement,
} from 'oxc-parser'
import type { Insertions } from './insertions.js'
import { isLeftAlone } from './left-alone.js'
import { endsWithLine } from './line-end.js'
import { classNotes, objectNotes, type Writers } from './members.js'
import { keyCode, keyName, nameFor } from './naming.js'
import { describeParameters, type File } from './parameters.js'
import { BY_NAME, BY_NOBODY, isWorthIt, SOMEHOW, useBy, type Place, type Use } from './place.js'
import { Scope } from './scope.js'

/** Walks a program, and puts beside each function that may be injected what its parameters ask for. */
export class Annotator {
  readonly #file: File
  readonly #writers: Writers
  readonly #insertions: Insertions
  /** Where a line ended a statement, which goes on into the next line once its end is a call. */
  readonly #lineEnds = new Set<number>()

  constructor(file: File, writers: Writers, insertions: Insertions) {
    this.#file = file
    this.#writers = writers
    this.#insertions = insertions
  }

  annotate({ body }: Program): void {
    const place: Place = { scope: new Scope(), isNested: false, notes: [] }
    this.#statements(body, startOf(body[0]), place)
    // Behind all else that is put there.
    for (const end of this.#lineEnds) this.#insertions.put(end, ';')
  }

  #visit(node: Node, place: Place, use: Use = SOMEHOW): void {
    switch (node.type) {
      case 'Identifier':
      case 'Literal':
        return
      case 'FunctionDeclaration':
        return this.#declaration(node, place)
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#expression(node, place, use)
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#class(node, place)
      case 'ObjectExpression':
        return this.#object(node, place)
      case 'BlockStatement':
        return this.#statements(node.body, node.start + 1, place)
      case 'TSModuleBlock':
        return this.#statements(node.body, node.start + 1, { ...place, isNamespace: true })
      case 'ExportNamedDeclaration':
        return place.isNamespace ? this.#exported(node, place) : this.#children(node, place)
      case 'SwitchStatement':
        return this.#switch(node, place)
      case 'VariableDeclarator':
        return this.#named(node.id, node.init, place)
      case 'AssignmentExpression':
      case 'AssignmentPattern':
        return this.#named(node.left, node.right, place)
      case 'ExportDefaultDeclaration':
        return this.#visit(node.declaration, place, { name: 'default', by: 'name' })
      case 'ExpressionStatement':
        return this.#visit(node.expression, place, BY_NOBODY)
      case 'CallExpression':
      case 'NewExpression':
        return this.#call(node.callee, node.arguments, place)
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        return this.#visit(node.expression, place, use)
      default:
        if (!isLeftAlone(node)) this.#children(node, place)
    }
  }

  #children(node: Node, place: Place): void {
    const children = node as unknown as Readonly<Record<string, Node | (Node | null)[] | null>>
    for (const key of visitorKeys[node.type] ?? []) {
      const child = children[key]
      if (Array.isArray(child)) {
        for (const one of child) if (one) this.#visit(one, place)
      } else if (child) this.#visit(child, place)
    }
  }

  /** Statements with declarations of their own, which are hoisted to their start. */
  #statements(list: readonly Node[], start: number, outer: Place): void {
    const place: Place = { ...outer, scope: new Scope(outer.scope).declareAll(list), notes: [] }
    for (const statement of list) this.#visit(statement, place)
    const directive = list.findLast((one) => 'directive' in one && one.directive !== null)
    if (place.notes.length > 0)
      this.#insertions.put(directive?.end ?? start, `;${place.notes.join('')}`)
  }

  /** What a namespace exports is a property of it, and no function gets its name from a property. */
  #exported({ declaration }: ExportNamedDeclaration, place: Place): void {
    if (declaration?.type !== 'VariableDeclaration')
      return declaration ? this.#visit(declaration, place) : undefined
    for (const { id, init } of declaration.declarations) {
      this.#visit(id, place)
      if (init) this.#visit(init, place, BY_NAME)
    }
  }

  /** A function in one case is seen by the others; it is noted when its own case is reached. */
  #switch({ discriminant, cases }: SwitchStatement, outer: Place): void {
    this.#visit(discriminant, outer)
    const scope = new Scope(outer.scope).declareAll(cases.flatMap((one) => one.consequent))
    const place = { ...outer, scope }
    for (const { test, consequent } of cases) {
      if (test) this.#visit(test, place)
      this.#statements(consequent, consequent[0]?.start ?? 0, place)
    }
  }

  #declaration(node: Function, place: Place): void {
    const description = describeParameters(node, place.scope, this.#file)
    if (description && isWorthIt(description, place, BY_NAME)) {
      const name = node.id?.name ?? this.#nameDefault(node, place)
      place.notes.push(`${this.#writers.one}(${name},${description.code()});`)
    }
    this.#inside(node, place)
  }

  /** `export default function (…)` cannot be spoken of: it gets a name, and keeps its `name`. */
  #nameDefault({ start, end }: Function, { notes }: Place): string {
    const [head] = FUNCTION_HEAD.exec(this.#file.text.slice(start, end))!
    const name = `${this.#writers.one}_default`
    this.#insertions.put(start + head.length, ` ${name}`)
    notes.push(
      `globalThis.Object.defineProperty(${name},"name",{value:"default",configurable:true});`,
    )
    return name
  }

  /** Wrapped where it stands, so that it is noted as soon as it exists, and keeps its name. */
  #expression(node: Function | ArrowFunctionExpression, place: Place, use: Use): void {
    const description = describeParameters(node, place.scope, this.#file)
    const name = node.id ? '' : use.name
    if (!description || !isWorthIt(description, place, use) || name === '__proto__')
      return this.#inside(node, place)
    const [open, close] = name ? [`{${keyCode(name)}:`, `}[${JSON.stringify(name)}]`] : ['', '']
    this.#insertions.put(node.start, `${this.#writers.one}(${open}`)
    this.#inside(node, place)
    this.#insertions.put(node.end, `${close},${description.code()})`)
    if (node.type === 'ArrowFunctionExpression' && endsWithLine(this.#file.text, node.end))
      this.#lineEnds.add(node.end)
  }

  /** Parameters, for what their decorators and defaults hold, and the body. */
  #inside(node: Function | ArrowFunctionExpression, { scope }: Place): void {
    const inner = scope.inside(node)
    for (const parameter of node.params) inner.declareBindings(parameter)
    const place: Place = { scope: inner, isNested: true, notes: [] }
    for (const parameter of node.params) this.#visit(parameter, place)
    if (node.body) this.#visit(node.body, place)
  }

  #named(target: Node, value: Node | null, place: Place): void {
    this.#visit(target, place)
    if (value) this.#visit(value, place, { name: nameFor(target), by: 'name' })
  }

  #call(callee: Node, given: readonly Node[], place: Place): void {
    this.#visit(callee, place, BY_NOBODY)
    const use = useBy(callee)
    for (const one of given) this.#visit(one, place, use)
  }

  #object(node: ObjectExpression, place: Place): void {
    const notes = objectNotes(node, place, this.#file)
    if (notes) this.#insertions.put(node.start, `${this.#writers.each}(`)
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') this.#visit(one.argument, place)
      else this.#keyed(one, one.method || one.kind !== 'init', place)
    }
    if (notes) this.#insertions.put(node.end, `,${notes})`)
  }

  #class(node: Class, outer: Place): void {
    if (node.declare) return
    for (const one of node.decorators) this.#visit(one, outer)
    if (node.superClass) this.#visit(node.superClass, outer)
    const scope = outer.scope.inside(node)
    if (node.type === 'ClassExpression' && node.id) scope.declare(node.id.name, 'both')
    const place = { ...outer, scope }
    const notes = classNotes(node, place, this.#file, this.#writers)
    if (notes) this.#insertions.put(node.body.start + 1, notes)
    for (const member of node.body.body) this.#member(member, place)
  }

  #member(member: ClassElement, place: Place): void {
    if (member.type === 'StaticBlock')
      return this.#statements(member.body, member.body[0]?.start ?? 0, place)
    if (member.type === 'TSIndexSignature') return
    for (const one of member.decorators) this.#visit(one, place)
    const isField =
      member.type !== 'MethodDefinition' && member.type !== 'TSAbstractMethodDefinition'
    // An instance's fields are made anew with each instance.
    const isNested = place.isNested || (isField && !member.static)
    this.#keyed(member, !isField, { ...place, isNested })
  }

  /** The value of a property or member; what gets its name from a computed key is left alone. */
  #keyed(
    member: { readonly key: Node; readonly value: Node | null; readonly computed: boolean },
    isMethod: boolean,
    place: Place,
  ): void {
    const { key, value, computed } = member
    if (computed) this.#visit(key, place)
    if (isMethod) this.#inside(value as Function, place)
    else if (value)
      this.#visit(value, place, computed ? BY_NOBODY : { name: keyName(member), by: 'name' })
  }
}

/** What stands before the parameters of a function without a name, with comments between. */
const FUNCTION_HEAD = /^(?:async|function|\*|\s|\/\/.*|\/\*[^]*?\*\/)*/

/** Where a statement starts: an export is said to start behind the decorators of its class. */
function startOf(statement: Program['body'][number] | undefined): number {
  if (!statement) return 0
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
  const inner = isExport ? statement.declaration : undefined
  const decorators = inner && 'decorators' in inner ? inner.decorators : []
  return Math.min(statement.start, ...decorators.map(({ start }) => start))
}
