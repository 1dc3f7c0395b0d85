/** What a decorator decorates, in whichever way the compiler calls it. */
export interface Decorated {
  readonly kind: 'class' | 'method'
  /** The class, or the function of the method. */
  readonly target: Function
  /** Whether callers reach it through an instance: it is neither static nor `#private`. */
  readonly isOfInstance: boolean
  /** What all decorators of the class share: its prototype, or the metadata that TC39 decorators get. */
  readonly owner?: object | undefined
  /** The name of a method. */
  readonly name?: string | symbol
}

/**
 * Reads the arguments of a decorator: legacy decorators get (target, name, descriptor), TC39 ones
 * (value, context). A field, an accessor or a parameter gives `undefined`.
 */
export function decorated(
  target: unknown,
  second: unknown,
  descriptor: unknown,
): Decorated | undefined {
  const context = second as Partial<ClassMethodDecoratorContext | ClassDecoratorContext> | undefined
  if (typeof target === 'function' && context?.kind === 'method') {
    const { name, metadata: owner } = context as ClassMethodDecoratorContext
    return {
      kind: 'method',
      target,
      isOfInstance: !context.static && !context.private,
      owner,
      name,
    }
  }
  const { value } = (descriptor ?? {}) as PropertyDescriptor
  if (typeof value === 'function') {
    return {
      kind: 'method',
      target: value as Function,
      isOfInstance: typeof target === 'object',
      owner: target as object,
      name: second as string | symbol,
    }
  }
  const isClass = second === undefined || context?.kind === 'class'
  if (typeof target !== 'function' || !isClass || descriptor !== undefined) return undefined
  return { kind: 'class', target, isOfInstance: false }
}

/**
 * The name of what a decorator without its parentheses stands on, `Pages.show` for `@Get show() {}`: its maker
 * gets what the decorator should have got. `undefined` when the maker was called with options of its own.
 */
export function bareDecorated(given: readonly unknown[]): string | undefined {
  const [target, second, descriptor] = given
  const isStandard = typeof target === 'function' && isContext(second)
  if (!isStandard && (typeof second !== 'string' || given.length !== 3)) return undefined
  const found = decorated(target, second, descriptor)
  if (found?.kind === 'class') return found.target.name
  const owner = typeof target === 'object' ? `${target?.constructor.name}.` : ''
  return found && owner + String(found.name)
}

function isContext(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'addInitializer' in given
}
