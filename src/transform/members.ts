import type { Class, ClassElement, Function, MethodDefinition, ObjectExpression } from 'oxc-parser'
import { keyCode, keyName } from './naming.js'
import { describeParameters, type File } from './parameters.js'
import type { Place } from './place.js'

/** The names of the functions that record types: those of one function, and those of each method of an object. */
export interface Recorders {
  readonly one: string
  readonly each: string
}

/**
 * A static block that records the types of a class's constructor and methods; empty when there are none.
 * Unlike code after the class it needs no name, and it runs before the decorators.
 */
export function classMetadata(
  node: Class,
  place: Place,
  file: File,
  { one, each }: Recorders,
): string {
  const members = node.body.body.filter((member) => isMethod(member))
  const code = [
    ...constructorMetadata(members, place, file).map((types) => `${one}(this,${types});`),
    ...block(`${each}(this.prototype,`, methodsMetadata(members, false, place, file)),
    ...block(`${each}(this,`, methodsMetadata(members, true, place, file)),
  ]
  return code.length > 0 ? `static{${code.join('')}}` : ''
}

/**
 * The types of an object literal's methods, as an object of the same keys. Methods are read from the
 * finished object, so those are left out whose name a later property may take.
 */
export function objectMetadata(node: ObjectExpression, place: Place, file: File): string {
  const entries = node.properties.flatMap((one, index) => {
    if (one.type === 'SpreadElement' || !one.method || one.kind !== 'init') return []
    const later = node.properties.slice(index + 1)
    const name = keyName(one)
    const mayChange = later.some(
      (other) => other.type === 'SpreadElement' || other.computed || keyName(other) === name,
    )
    return mayChange ? [] : methodMetadata(name, one.value as Function, place, file)
  })
  return entries.length > 0 ? `{${entries.join(',')}}` : ''
}

function isMethod(member: ClassElement): member is MethodDefinition {
  return member.type === 'MethodDefinition' && member.value.body !== null
}

function constructorMetadata(members: readonly MethodDefinition[], place: Place, file: File) {
  const own = members.find((one) => one.kind === 'constructor')
  const description = own && describeParameters(own.value, place.scope, file)
  const isWorthIt =
    description && (description.namesClass || (description.isTyped && !place.isNested))
  return isWorthIt ? [description.code()] : []
}

function methodsMetadata(
  members: readonly MethodDefinition[],
  isStatic: boolean,
  place: Place,
  file: File,
): string[] {
  const side = members.filter((one) => one.static === isStatic)
  return side.flatMap((one) => {
    const name = keyName(one)
    const isAlone = side.every((other) => other === one || keyName(other) !== name)
    const isRecorded = isAlone && one.kind === 'method' && !name.startsWith('#')
    return isRecorded ? methodMetadata(name, one.value, place, file, one.decorators.length > 0) : []
  })
}

/** A method without decorators that takes only primitives is rarely a handler. */
function methodMetadata(
  name: string,
  fn: Function,
  place: Place,
  file: File,
  isDecorated = false,
): string[] {
  const description = describeParameters(fn, place.scope, file)
  if (!description || name === '' || name === '__proto__') return []
  const { namesClass, namesType } = description
  const isWorthIt = namesClass || isDecorated || (namesType && !place.isNested)
  return isWorthIt ? [`${keyCode(name)}:${description.code()}`] : []
}

function block(start: string, entries: readonly string[]): string[] {
  return entries.length > 0 ? [`${start}{${entries.join(',')}});`] : []
}
