/** Why a parameter cannot be injected, and what to do. */
export interface Words {
  readonly why: string
  readonly remedy: string
}

/** Says where a token is named for the parameter. */
export type NameToken = (token: string) => string

/**
 * The words for the one reason for which the name of a type is no token. Reasons of the file are those of
 * `src/transform`; the others are what was found when the name was read.
 */
export function causeWords(
  cause: string | undefined,
  text: string,
  list: NameToken,
): Words | undefined {
  const name = text.replaceAll(/\s*\|\s*(?:null|undefined)\b/g, '')
  const token = `${list('Token')}.`
  const beside = besideInterface(name)
  switch (cause) {
    case 'interface':
    case 'alias':
      return isNothing(name, ARTICLES[cause], `Make it a class, or ${token}${beside}`)
    case 'no export':
      return isNothing(
        name,
        'its module exports no value of that name, as is so with interfaces and type aliases',
        `Make it a class that its module exports, or ${token}${beside}`,
      )
    case 'parameter':
      return isNothing(name, 'it is a type parameter', capital(token))
    case 'import type':
      return isNothing(
        name,
        'it is imported as a type, by `import type`',
        `Import it as a value, \`import { ${name.replace(/\W.*/s, '')} }\`, and keep linters from changing that; or ${token}`,
      )
    case 'data':
      return isNothing(name, 'it is imported as data, by `with { … }`', capital(token))
    case 'require':
      return isNothing(
        name,
        'it is imported by `import … = require(…)`',
        `Import it by \`import … from\`, or ${token}`,
      )
    case 'own':
      return isNothing(name, "it is one of TypeScript's own types", `Make it a class, or ${token}`)
    case 'declared':
      return isNothing(
        name,
        'it is only declared, by `declare`',
        `Import the class that is meant, or ${token}`,
      )
    case 'function':
      if (/^(?:String|Number|Boolean)$/.test(name))
        return isNothing(
          name,
          `it is the type of objects around a ${name.toLowerCase()}`,
          `Write \`${name.toLowerCase()}\`, with a small letter.`,
        )
      return isNothing(name, 'it is a function', `Make it a class, or ${token}`)
    case 'object':
      return isNothing(name, 'it is an object, such as an enum', `Make it a class, or ${token}`)
    case 'hidden':
      return isNothing(
        name,
        'a nearer variable has its name',
        `Give the variable another name, or ${token}`,
      )
    case 'later':
      return {
        why: `\`${name}\` is a class further down in its file, which is not defined yet`,
        remedy: `Make the application after it, or ${list('forwardRef(() => X)')}.`,
      }
    case 'cycle':
      return {
        why: `\`${name}\` is not defined yet: its module and another import each other`,
        remedy: `Break the import cycle, or ${list('forwardRef(() => X)')}.`,
      }
    default:
      return undefined
  }
}

const ARTICLES = { interface: 'it is an interface', alias: 'it is a type alias' }

function isNothing(name: string, reason: string, remedy: string): Words {
  return { why: `\`${name}\` is no class at run time: ${reason}`, remedy }
}

/** How a token is written that has the name of an interface. */
function besideInterface(name: string): string {
  if (!/^[\w$]+$/.test(name)) return ''
  const text = name.charAt(0).toLowerCase() + name.slice(1)
  return ` A token may have its name, in the same file: \`const ${name} = token<${name}>('${text}')\`.`
}

export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
