import type { ParameterInfo } from '../tokens/parameter-info.js'
import { didYouMean } from './did-you-mean.js'

/** Why a parameter's type says nothing at run time, and what to do: one pair of sentences per form. */
export interface Erasure {
  readonly code: 'DI_ERASED' | 'DI_NO_METADATA'
  readonly why: string
  readonly remedy: string
}

type Words = Omit<Erasure, 'code'>

/** Explains a parameter for which no token is known. */
export function explainErasure(asked: ParameterInfo): Erasure {
  const { index, designType, hasMetadata, listed } = asked
  if (listed !== undefined && index >= listed)
    return { code: 'DI_NO_METADATA', ...unlisted(listed) }
  if (listed === undefined && !hasMetadata) return { code: 'DI_NO_METADATA', ...silent(asked) }
  if (asked.text === undefined) return { code: 'DI_ERASED', ...erasedForm(designType, asked) }
  return { code: 'DI_ERASED', ...writtenForm(asked, asked.text) }
}

/** The loader and the plugins keep the type as it is written, and read it only when a plan is made. */
function writtenForm(asked: ParameterInfo, text: string): Words {
  const { isTooEarly, unknown, of } = asked
  if (text === '')
    return {
      why: 'no type is written for it',
      remedy: `Write its type, or ${listOf('Token', of)}.`,
    }
  if (unknown) {
    const [name, ...meant] = unknown
    return {
      why: `nothing named \`${name}\` is declared or imported in its file, nor global at run time`,
      remedy: `Import the class as a value, or ${listOf('Token', of)}.${didYouMean(name, meant)}`,
    }
  }
  if (isTooEarly) {
    return {
      why: `\`${text}\` is not defined yet: modules that import each other, or a class further down, while the application is made; or it is only declared`,
      remedy: `Make the application after it, or ${listOf('forwardRef(() => X)', of)}.`,
    }
  }
  if (/^Promise<.*>$/.test(text)) return erasedForm(Promise, asked)
  if (/^(readonly )?[\w$.]+(<.*>)?(\[\])+$/.test(text)) return erasedForm(Array, asked)
  return {
    why: `\`${text}\` is no class at run time: it is an interface, a type alias, a type parameter, an enum, a union, an array, a name from \`import type\`, or one that its module does not export`,
    remedy: `Make it a class, imported as a value (\`import { X }\`), or ${listOf('Token', of)}. A token beside an interface may have its name: \`const Clock = token<Clock>('clock')\`.`,
  }
}

function unlisted(listed: number): Words {
  const many = listed === 1 ? '1 token' : `${listed} tokens`
  return { why: `its list has ${many}`, remedy: 'Add the token of this parameter to the list.' }
}

/** A plain function never has metadata; a method or class may lack the decorator or the compiler's option. */
function silent({ of }: ParameterInfo): Words {
  const why = 'nothing says what to inject: it has no token'
  if (of === 'function')
    return { why, remedy: `${capital(listOf('Token', of))}; or let its types be read: ${READERS}.` }
  const decorator = of === 'method' ? 'method with @Inject()' : 'class with @Inject()'
  return {
    why: `${why}, and no type metadata was emitted`,
    remedy: `${capital(listOf('Token', of))}; or decorate the ${decorator} and turn on emitDecoratorMetadata (tsc, swc and oxc emit it; esbuild, tsx and TC39 decorators never do); or let its types be read: ${READERS}.`,
  }
}

const READERS =
  'start Node with `--import ingot/register`, or add `ingot()` of ingot/vite or ingot/esbuild to the plugins of the build'

function erasedForm(designType: unknown, { of }: ParameterInfo): Words {
  switch (designType) {
    case Object:
      return {
        why: 'its type is erased to Object: an interface, a type alias, a union such as `X | null`, a type parameter, unknown, or (swc, oxc) a class from `import type`',
        remedy: `Make it a class, imported as a value (\`import { X }\`), or ${listOf('Token', of)}; optional(X) is the token of one that may be missing.`,
      }
    case Function:
      return {
        why: 'its type is erased to Function: a function type, or a class from `import type`',
        remedy: `Import the class as a value (\`import { X }\`, and keep linters from rewriting it to \`import type\`); for a function make a token, token<() => void>('name'), and ${listOf('it', of)}.`,
      }
    case Array:
      return {
        why: 'its type is erased to Array: what its elements are is gone',
        remedy: `For the values of every provider of X ${listOf('all(X)', of)}; for one list make a token, token<X[]>('name'), and name it there.`,
      }
    case Promise:
      return {
        why: 'its type is Promise, but values are awaited before they are injected',
        remedy: 'Ask for the value itself: `x: X` instead of `x: Promise<X>`.',
      }
    case undefined:
      return {
        why: 'its type was not there yet when the class was defined: modules that import each other, or a class declared further down',
        remedy: `Break the import cycle, or ${listOf('forwardRef(() => X)', of)}.`,
      }
    default:
      return typeof designType === 'function'
        ? plainValue(designType.name.toLowerCase(), of)
        : plainValue('enum', of)
  }
}

const ENUMS: Readonly<Record<string, string>> = {
  enum: 'an enum',
  number: 'number (or an enum of numbers)',
  string: 'string (or an enum of strings)',
}

/** Markers read a request, which a constructor does not have; no marker gives a symbol. */
function plainValue(type: string, of: ParameterInfo['of']): Words {
  const written = type === 'enum' ? 'Kind' : type
  const own = `make a token, token<${written}>('name'), and ${listOf('it', of)}`
  const marker =
    of === 'method' ? "@Query('name'), @Param('name') or @Header('name')" : "Query('name')"
  return {
    why: `its type is ${ENUMS[type] ?? type}, which does not say where the value comes from`,
    remedy:
      of === 'constructor' || type === 'symbol'
        ? `${capital(own)}.`
        : `For a part of the request use a marker, ${marker}; for anything else ${own}.`,
  }
}

/** Where the tokens of a function, method or constructor are named. */
function listOf(asked: string, of: ParameterInfo['of']): string {
  const named = asked === 'it' ? '…' : `${asked}, …`
  const noun = asked === 'Token' ? 'its token' : asked
  switch (of) {
    case 'constructor':
      return `name ${noun}: @Inject(${named}) on the class`
    case 'method':
      return `name ${noun}: @Inject(${named}) on the method, or inject([${named}], fn)`
    case 'function':
      return `name ${noun}: inject([${named}], fn), or route.get(path, [${named}], fn)`
  }
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
