import { areTypesRead } from '../tokens/emitted-types.js'
import type { ParameterInfo } from '../tokens/parameter-info.js'
import { describeGiven } from '../tokens/token.js'
import { didYouMean } from './did-you-mean.js'
import { capital, causeWords, type NameToken, type Words } from './type-causes.js'

/** Why a parameter's type says nothing at run time, and what to do: one pair of sentences per form. */
export interface Erasure extends Words {
  readonly code: 'DI_ERASED' | 'DI_NO_METADATA'
}

/** What the layer above adds to remedies: its own ways to list tokens and to get plain values. */
export interface Advice {
  /** Where else the tokens of a function can be listed: `route.get(path, [Token, …], fn)`. */
  readonly listTokens?: (tokens: string) => string
  /** How a function or method gets a plain value of the input, as the beginning of a sentence. */
  readonly plainValue?: (of: 'function' | 'method') => string
  /** How it gets what the input has as a whole, such as a body, as a sentence. */
  readonly wholeValue?: string
  /** The same for a parameter whose name says what is meant, as people who know other frameworks write it. */
  readonly byName?: Readonly<Record<string, string>>
}

/**
 * Explains a parameter for which no token is known.
 *
 * @param owner what the parameter belongs to: `new Mailer`.
 */
export function explainErasure(info: ParameterInfo, owner: string, advice: Advice): Erasure {
  const { index, designType, hasMetadata, listed, of, text, isAnything, isBound, name, noToken } =
    info
  const list: NameToken = (token) => nameToken(token, of, advice)
  if (noToken !== undefined) {
    const { remedy } = plainValue('string', of, list, advice)
    return { code: 'DI_ERASED', why: `${describeGiven(noToken)} is no token`, remedy }
  }
  if (isAnything) return { code: 'DI_NO_METADATA', ...anything(of, list) }
  if (listed !== undefined && index >= listed)
    return { code: 'DI_NO_METADATA', ...unlisted(listed) }
  if (listed === undefined && !hasMetadata)
    return { code: 'DI_NO_METADATA', ...(isBound ? bound(list) : withoutMetadata(of, owner, list)) }
  const { byName = {}, wholeValue } = advice
  const whole = name !== undefined && Object.hasOwn(byName, name) ? byName[name] : wholeValue
  const forms: Forms = {
    list,
    plain: (type) => plainValue(type, of, list, advice),
    whole: of === 'constructor' || !whole ? '' : ` ${whole}`,
  }
  if (text === undefined) return { code: 'DI_ERASED', ...erasedForm(designType, forms) }
  return { code: 'DI_ERASED', ...emittedForm(info, text, forms) }
}

interface Forms {
  readonly list: NameToken
  readonly plain: (type: string) => Words
  readonly whole: string
}

/** The loader and the plugins keep the text of a type, and look for its value only when a plan is made. */
function emittedForm(info: ParameterInfo, text: string, forms: Forms): Words {
  const { cause, unknown, failure } = info
  const { list, whole } = forms
  if (text === '')
    return { why: 'no type is written for it', remedy: `Write its type, or ${list('Token')}.` }
  if (unknown) {
    const [name, ...meant] = unknown
    return {
      why: `nothing named \`${name}\` is declared or imported in its file, nor global at run time`,
      remedy:
        `${didYouMean(name, meant)} Import the class as a value, or ${list('Token')}.`.trimStart(),
    }
  }
  if (failure !== undefined) {
    return {
      why: `its module threw when \`${text}\` was read from it`,
      remedy: `Look at this error's \`cause\`. A module that is mocked has to export ${text}, too.`,
    }
  }
  if (/^Promise<.*>$/.test(text)) return erasedForm(Promise, forms)
  if (/^(readonly )?[\w$.]+(<.*>)?(\[\])+$/.test(text)) return erasedForm(Array, forms)
  // What a schema gives is a type of its library, wherever that comes from.
  const words = OF_SCHEMA.test(text) ? undefined : causeWords(cause, text, list)
  if (words) return { ...words, remedy: `${words.remedy}${isType(cause) ? whole : ''}` }
  return {
    why: `\`${text}\` is no class at run time: it is ${formOf(text)}`,
    remedy: `Make it a class, or ${list('Token')}.${whole}`,
  }
}

/** Whether the values of a type may well be what a request brings. */
function isType(cause: string | undefined): boolean {
  return cause !== 'cycle' && cause !== 'later' && cause !== 'hidden'
}

/** `z.infer<typeof schema>`, `InferOutput<…>`: what libraries of schemas have. */
const OF_SCHEMA = /\binfer\w*</i

/** What a type is by the way it is written. */
function formOf(text: string): string {
  if (text.startsWith('{')) return 'an object type'
  if (text.includes('=>')) return 'a function type'
  if (OF_SCHEMA.test(text)) return 'the type that a schema gives'
  if (/^(?:any|unknown|object)$/.test(text)) return 'a type of many kinds of values'
  if (text.includes('|')) return 'a union'
  if (text.includes('&')) return 'an intersection'
  if (/^(?:typeof|keyof|readonly)\b/.test(text) || text.endsWith(']')) return 'made of another type'
  return 'made of other types'
}

/** `bind` makes another function, which nothing was emitted for. */
function bound(list: NameToken): Words {
  return {
    why: 'it is a bound function, and the types of what was bound are not known of it',
    remedy: `${capital(list('Token'))}; or write a function that calls the method, \`(x: X) => object.method(x)\`.`,
  }
}

/** A wrapper has the parameters of what it wraps, and says nothing of them. */
function anything(of: ParameterInfo['of'], list: NameToken): Words {
  const above = of === 'method' ? ', above a decorator that replaces the method' : ''
  return {
    why: 'it takes whatever it is given, as a wrapper `(...args) => fn(...args)` does, so that nothing says what to inject',
    remedy: `${capital(list('Token'))}${above}; the list is [] for a function without parameters.`,
  }
}

function unlisted(listed: number): Words {
  const many = listed === 1 ? '1 token' : `${listed} tokens`
  return { why: `its list has ${many}`, remedy: 'Add the token of this parameter to the list.' }
}

/** A plain function never has metadata; a method or class may lack the decorator or the compiler's option. */
function withoutMetadata(of: ParameterInfo['of'], owner: string, list: NameToken): Words {
  const why = 'nothing says what to inject: it has no token'
  if (of === 'function' && areTypesRead())
    return {
      why: 'no type is known of it',
      remedy: `Write its type; if it has one, its function is made inside another and takes no class: write it at the top level of its module, or ${list('Token')}.`,
    }
  if (of === 'function')
    return { why, remedy: `${capital(list('Token'))}; or let its types be read: ${READERS}.` }
  const decorator = of === 'method' ? 'method with @Inject()' : 'class with @Inject()'
  const named = list('Token')
  const first =
    of === 'method'
      ? capital(named)
      : `Where the class takes options, make it yourself: give ${owner}(…) in place of ${owner.replace('new ', '')}. Otherwise ${named}`
  return {
    why: `${why}, and no type metadata was emitted`,
    remedy: `${first}; or decorate the ${decorator} and turn on emitDecoratorMetadata (tsc, swc and oxc emit it; esbuild, tsx and TC39 decorators never do); or let its types be read: ${READERS}.`,
  }
}

const READERS =
  'start Node with `--import ingot/register`, or add `ingot()` of ingot/vite or ingot/esbuild to the plugins of the build'

function erasedForm(designType: unknown, { list, plain }: Forms): Words {
  switch (designType) {
    case Object:
      return {
        why: 'its type is erased to Object: an interface, a type alias, a union such as `X | null`, a type parameter, unknown, or (swc, oxc) a class from `import type`',
        remedy: `Make it a class, imported as a value (\`import { X }\`), or ${list('Token')}; optional(X) is the token of one that may be missing.`,
      }
    case Function:
      return {
        why: 'its type is erased to Function: a function type, or a class from `import type`',
        remedy: `Import the class as a value (\`import { X }\`, and keep linters from rewriting it to \`import type\`); for a function make a token, token<() => void>('name'), and ${list('it')}.`,
      }
    case Array:
      return {
        why: 'its type is erased to Array: what its elements are is gone',
        remedy: `For the values of every provider of X ${list('all(X)')}; for one list make a token, token<X[]>('name'), and name it there.`,
      }
    case Promise:
      return {
        why: 'its type is Promise, but values are awaited before they are injected',
        remedy: 'Ask for the value itself: `x: X` instead of `x: Promise<X>`.',
      }
    case undefined:
      return {
        why: 'its type was not there yet when the class was defined: modules that import each other, or a class declared further down',
        remedy: `Break the import cycle, or ${list('forwardRef(() => X)')}.`,
      }
    default:
      return plain(typeof designType === 'function' ? designType.name.toLowerCase() : 'enum')
  }
}

const ENUMS: Readonly<Record<string, string>> = {
  enum: 'an enum',
  number: 'number (or an enum of numbers)',
  string: 'string (or an enum of strings)',
}

/** A constructor has no input to take a plain value from, and no marker gives a symbol. */
function plainValue(
  type: string,
  of: ParameterInfo['of'],
  list: NameToken,
  { plainValue: marked }: Advice,
): Words {
  const written = type === 'enum' ? 'Kind' : type
  const own = `make a token, token<${written}>('name'), and ${list('it')}`
  const hasMarker = marked && of !== 'constructor' && type !== 'symbol'
  return {
    why: `its type is ${ENUMS[type] ?? type}, which does not say where the value comes from`,
    remedy: hasMarker ? `${marked(of)}; for anything else ${own}.` : `${capital(own)}.`,
  }
}

/** Where the tokens of a function, method or constructor are named. */
function nameToken(token: string, of: ParameterInfo['of'], { listTokens }: Advice): string {
  const tokens = token === 'it' ? '…' : `${token}, …`
  const noun = token === 'Token' ? 'its token' : token
  switch (of) {
    case 'constructor':
      return `name ${noun}: @Inject(${tokens}) on the class`
    case 'method':
      return `name ${noun}: @Inject(${tokens}) on the method, or inject([${tokens}], fn)`
    case 'function':
      return `name ${noun}: ${[`inject([${tokens}], fn)`, listTokens?.(`[${tokens}]`)].filter(Boolean).join(', or ')}`
  }
}
