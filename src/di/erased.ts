import type { Asked } from './asked.js'

/** Why a parameter's type says nothing at run time, and what to do: one pair of sentences per form. */
export interface Erasure {
  readonly code: 'DI_ERASED' | 'DI_NO_METADATA'
  readonly why: string
  readonly remedy: string
}

const LIST = 'name the token: @Inject(Token, …) on the method, or inject([Token, …], fn)'

/** Explains a parameter for which no token is known. */
export function explainErasure({ designType, hasMetadata }: Asked): Erasure {
  if (!hasMetadata) {
    return {
      code: 'DI_NO_METADATA',
      why: 'nothing says what to inject: no token was given, and no type metadata was emitted',
      remedy: `Decorate the method and turn on emitDecoratorMetadata (tsc, swc and oxc emit it; esbuild, tsx and TC39 decorators never do), or ${LIST}.`,
    }
  }
  return { code: 'DI_ERASED', ...erasedForm(designType) }
}

function erasedForm(designType: unknown): Pick<Erasure, 'why' | 'remedy'> {
  if (designType === Object) {
    return {
      why: 'its type is erased to Object: an interface, a type alias, a union such as `X | null`, a type parameter or unknown',
      remedy: `Use a class as the type (write \`x?: X\` or optional(X) for one that may be missing), or ${LIST}.`,
    }
  }
  if (designType === Function) {
    return {
      why: 'its type is erased to Function: a class imported with `import type`, or a function type',
      remedy: `Import the class as a value (\`import { X }\`, and keep linters from rewriting it to \`import type\`), or ${LIST}.`,
    }
  }
  if (designType === Array) {
    return {
      why: 'its type is erased to Array: the type of the elements is gone',
      remedy: `Use all(X) for every provider of X, or ${LIST}.`,
    }
  }
  if (designType === Promise) {
    return {
      why: 'its type is erased to Promise: values are awaited before they are injected',
      remedy: `Ask for the type inside the promise, or ${LIST}.`,
    }
  }
  if (typeof designType === 'function') {
    return {
      why: `its type is ${designType.name.toLowerCase()}, which says nothing about where the value comes from`,
      remedy: `Use a marker such as @Query('name'), @Param('name') or @Header('name'), or a token: token<${designType.name.toLowerCase()}>('name') with @Inject(…).`,
    }
  }
  if (designType === undefined) {
    return {
      why: 'its type was not defined yet when the class was: modules that import each other, or a class declared further down',
      remedy: `Break the import cycle, or ${LIST.replaceAll('Token', 'ref(() => X)')}.`,
    }
  }
  return {
    why: 'its type is an enum, which says nothing about where the value comes from',
    remedy: `Use a marker such as @Query('name'), or a token: token<Kind>('name') with @Inject(…).`,
  }
}
