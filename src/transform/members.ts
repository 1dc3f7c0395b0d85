import type { Class, ClassElement, Function, MethodDefinition, ObjectExpression } from 'oxc-parser'
import { keyCode, keyName } from './naming.js'
import { describeParameters, type File } from './parameters.js'
import type { Place } from './place.js'

/** The names of the functions that write down: for one function, and for each method of an object. */
export interface Writers {
  readonly one: string
  readonly each: string
}

/**
 * A static block that writes down what the constructor and the methods of a class ask for; empty when
 * they ask for nothing. Unlike code behind the class it needs no name, and decorators come after it.
 */
export function classNotes(node: Class, place: Place, file: File, { one, each }: Writers): string {
  const members = node.body.body.filter((member) => isMethod(member))
  const notes = [
    ...constructorNotes(members, place, file).map((code) => `${one}(this,${code});`),
    ...block(`${each}(this.prototype,`, methodNotes(members, false, place, file)),
    ...block(`${each}(this,`, methodNotes(members, true, place, file)),
  ]
  return notes.length > 0 ? `static{${notes.join('')}}` : ''
}

/**
 * What the methods of an object literal ask for, as an object of the same keys. They are read from the
 * finished object, so only those count whose name nothing later can take.
 */
export function objectNotes(node: ObjectExpression, place: Place, file: File): string {
  const notes = node.properties.flatMap((one, index) => {
    if (one.type === 'SpreadElement' || !one.method || one.kind !== 'init') return []
    const later = node.properties.slice(index + 1)
    const name = keyName(one)
    const mayChange = later.some(
      (other) => other.type === 'SpreadElement' || other.computed || keyName(other) === name,
    )
    return mayChange ? [] : methodNote(name, one.value as Function, place, file)
  })
  return notes.length > 0 ? `{${notes.join(',')}}` : ''
}

function isMethod(member: ClassElement): member is MethodDefinition {
  return member.type === 'MethodDefinition' && member.value.body !== null
}

function constructorNotes(members: readonly MethodDefinition[], place: Place, file: File) {
  const own = members.find((one) => one.kind === 'constructor')
  const description = own && describeParameters(own.value, place.scope, file)
  const isWorthIt =
    description && (description.namesClass || (description.isTyped && !place.isNested))
  return isWorthIt ? [description.code()] : []
}

function methodNotes(
  members: readonly MethodDefinition[],
  isStatic: boolean,
  place: Place,
  file: File,
): string[] {
  const side = members.filter((one) => one.static === isStatic)
  return side.flatMap((one) => {
    const name = keyName(one)
    const isAlone = side.every((other) => other === one || keyName(other) !== name)
    const isNoted = isAlone && one.kind === 'method' && !name.startsWith('#')
    return isNoted ? methodNote(name, one.value, place, file, one.decorators.length > 0) : []
  })
}

/** A method without decorators that takes primitives only is hardly a handler. */
function methodNote(
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

function block(start: string, notes: readonly string[]): string[] {
  return notes.length > 0 ? [`${start}{${notes.join(',')}});`] : []
}
