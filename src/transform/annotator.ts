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
import { classMetadata, objectMetadata, type Recorders } from './members.js'
import { keyCode, keyName, nameFor } from './naming.js'
import { describeParameters, type File } from './parameters.js'
import {
  NAMED,
  NOT_INJECTED,
  isWorthIt,
  UNKNOWN_USE,
  useBy,
  type Place,
  type Use,
} from './place.js'
import { Scope } from './scope.js'

/** Walks a program, and inserts the types of parameters beside each function that may be injected. */
export class Annotator {
  readonly #file: File
  readonly #recorders: Recorders
  readonly #insertions: Insertions
  /** Ends of statements without a semicolon: once a statement ends with a call, it would continue in the next line. */
  readonly #lineEnds = new Set<number>()

  constructor(file: File, recorders: Recorders, insertions: Insertions) {
    this.#file = file
    this.#recorders = recorders
    this.#insertions = insertions
  }

  annotate({ body }: Program): void {
    const place: Place = { scope: new Scope(), isNested: false, metadata: [] }
    this.#statements(body, startOf(body[0]), place)
    // After all other insertions at these places.
    for (const end of this.#lineEnds) this.#insertions.put(end, ';')
  }

  #visit(node: Node, place: Place, use: Use = UNKNOWN_USE): void {
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
        return this.#visit(node.expression, place, NOT_INJECTED)
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

  /** Statements with declarations of their own, which are hoisted to the first of them. */
  #statements(list: readonly Node[], start: number, outer: Place): void {
    const place: Place = { ...outer, scope: new Scope(outer.scope).declareAll(list), metadata: [] }
    for (const statement of list) this.#visit(statement, place)
    const directive = list.findLast((one) => 'directive' in one && one.directive !== null)
    if (place.metadata.length > 0)
      this.#insertions.put(directive?.end ?? start, `;${place.metadata.join('')}`)
  }

  /** An export of a namespace is one of its properties, and a property names no function. */
  #exported({ declaration }: ExportNamedDeclaration, place: Place): void {
    if (declaration?.type !== 'VariableDeclaration')
      return declaration ? this.#visit(declaration, place) : undefined
    for (const { id, init } of declaration.declarations) {
      this.#visit(id, place)
      if (init) this.#visit(init, place, NAMED)
    }
  }

  /** All cases see the function of one; its types are recorded when its own case is reached. */
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
    if (description && isWorthIt(description, place, NAMED)) {
      const name = node.id?.name ?? this.#nameDefault(node, place)
      place.metadata.push(`${this.#recorders.one}(${name},${description.code()});`)
    }
    this.#inside(node, place)
  }

  /** `export default function (…)` has no name to refer to: it gets one, and keeps its `name`. */
  #nameDefault({ start, end }: Function, { metadata }: Place): string {
    const [head] = FUNCTION_HEAD.exec(this.#file.text.slice(start, end))!
    const name = `${this.#recorders.one}_default`
    this.#insertions.put(start + head.length, ` ${name}`)
    metadata.push(
      `globalThis.Object.defineProperty(${name},"name",{value:"default",configurable:true});`,
    )
    return name
  }

  /** Wraps a function in place, so that its types are recorded as soon as it exists and it keeps its name. */
  #expression(node: Function | ArrowFunctionExpression, place: Place, use: Use): void {
    const description = describeParameters(node, place.scope, this.#file)
    const name = node.id ? '' : use.name
    if (!description || !isWorthIt(description, place, use) || name === '__proto__')
      return this.#inside(node, place)
    const [open, close] = name ? [`{${keyCode(name)}:`, `}[${JSON.stringify(name)}]`] : ['', '']
    this.#insertions.put(node.start, `${this.#recorders.one}(${open}`)
    this.#inside(node, place)
    this.#insertions.put(node.end, `${close},${description.code()})`)
    if (node.type === 'ArrowFunctionExpression' && endsWithLine(this.#file.text, node.end))
      this.#lineEnds.add(node.end)
  }

  /** The decorators and defaults of the parameters, and the body. */
  #inside(node: Function | ArrowFunctionExpression, { scope }: Place): void {
    const inner = scope.inside(node)
    for (const parameter of node.params) inner.declareBindings(parameter)
    const place: Place = { scope: inner, isNested: true, metadata: [] }
    for (const parameter of node.params) this.#visit(parameter, place)
    if (node.body) this.#visit(node.body, place)
  }

  #named(target: Node, value: Node | null, place: Place): void {
    this.#visit(target, place)
    if (value) this.#visit(value, place, { name: nameFor(target), by: 'name' })
  }

  #call(callee: Node, given: readonly Node[], place: Place): void {
    this.#visit(callee, place, NOT_INJECTED)
    const use = useBy(callee)
    for (const one of given) this.#visit(one, place, use)
  }

  #object(node: ObjectExpression, place: Place): void {
    const metadata = objectMetadata(node, place, this.#file)
    if (metadata) this.#insertions.put(node.start, `${this.#recorders.each}(`)
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') this.#visit(one.argument, place)
      else this.#keyed(one, one.method || one.kind !== 'init', place)
    }
    if (metadata) this.#insertions.put(node.end, `,${metadata})`)
  }

  #class(node: Class, outer: Place): void {
    if (node.declare) return
    for (const one of node.decorators) this.#visit(one, outer)
    if (node.superClass) this.#visit(node.superClass, outer)
    const scope = outer.scope.inside(node)
    if (node.type === 'ClassExpression' && node.id) scope.declare(node.id.name, 'both')
    const place = { ...outer, scope }
    const metadata = classMetadata(node, place, this.#file, this.#recorders)
    if (metadata) this.#insertions.put(node.body.start + 1, metadata)
    for (const member of node.body.body) this.#member(member, place)
  }

  #member(member: ClassElement, place: Place): void {
    if (member.type === 'StaticBlock')
      return this.#statements(member.body, member.body[0]?.start ?? 0, place)
    if (member.type === 'TSIndexSignature') return
    for (const one of member.decorators) this.#visit(one, place)
    const isField =
      member.type !== 'MethodDefinition' && member.type !== 'TSAbstractMethodDefinition'
    // Each instance makes its fields anew.
    const isNested = place.isNested || (isField && !member.static)
    this.#keyed(member, !isField, { ...place, isNested })
  }

  /** The value of a property or member; a function under a computed key is left alone. */
  #keyed(
    member: { readonly key: Node; readonly value: Node | null; readonly computed: boolean },
    isMethod: boolean,
    place: Place,
  ): void {
    const { key, value, computed } = member
    if (computed) this.#visit(key, place)
    if (isMethod) this.#inside(value as Function, place)
    else if (value)
      this.#visit(value, place, computed ? NOT_INJECTED : { name: keyName(member), by: 'name' })
  }
}

/** The text before the parameters of a function without a name, comments included. */
const FUNCTION_HEAD = /^(?:async|function|\*|\s|\/\/.*|\/\*[^]*?\*\/)*/

/** Where a statement starts: the parser lets an export start after the decorators of its class. */
function startOf(statement: Program['body'][number] | undefined): number {
  if (!statement) return 0
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
  const inner = isExport ? statement.declaration : undefined
  const decorators = inner && 'decorators' in inner ? inner.decorators : []
  return Math.min(statement.start, ...decorators.map(({ start }) => start))
}
