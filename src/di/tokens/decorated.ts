/** What a decorator decorates, in whichever way the compiler calls it. */
export interface Decorated {
  readonly kind: 'class' | 'method'
  /** The class, or the function of the method. */
  readonly target: Function
  /** Whether callers reach it through an instance: it is neither static nor `#private`. */
  readonly isOfInstance: boolean
}

/**
 * Reads the arguments of a decorator: legacy decorators get (target, name, descriptor), TC39 ones
 * (value, context). A field, an accessor or a parameter gives `undefined`.
 */
export function decorated(
  target: unknown,
  second: unknown,
  descriptor: PropertyDescriptor | undefined,
): Decorated | undefined {
  const context = second as Partial<ClassMethodDecoratorContext | ClassDecoratorContext> | undefined
  if (typeof target === 'function' && context?.kind === 'method')
    return { kind: 'method', target, isOfInstance: !context.static && !context.private }
  if (typeof descriptor?.value === 'function') {
    const isOfInstance = typeof target === 'object'
    return { kind: 'method', target: descriptor.value as Function, isOfInstance }
  }
  const isClass = second === undefined || context?.kind === 'class'
  if (typeof target !== 'function' || !isClass || descriptor !== undefined) return undefined
  return { kind: 'class', target, isOfInstance: false }
}
