import remapping from '@jridgewell/remapping'
import { transformSync, type TransformOptions } from 'oxc-transform'
import { transform } from '../transform/index.js'

/**
 * Compiles a TypeScript file to JavaScript: it emits the types of parameters, removes all other types,
 * compiles decorators with their metadata, and appends a source map. No tsconfig is read.
 *
 * @throws SyntaxError with the line and the mistake.
 */
export function compile(text: string, path: string): string {
  const annotated = transform(text, path)
  const { code, map, errors } = transformSync(path, annotated?.code ?? text, OPTIONS)
  if (errors[0]) {
    // Shows the line as it is written, without insertions.
    const error = transformSync(path, text, OPTIONS).errors[0] ?? errors[0]
    throw new SyntaxError(`${path}: ${error.codeframe ?? error.message}`)
  }
  const steps = [JSON.stringify(map), ...(annotated ? [annotated.map.toString()] : [])]
  const whole = steps.length === 1 ? steps[0]! : remapping(steps, () => null).toString()
  const data = Buffer.from(whole).toString('base64')
  return `${lateTypes(code)}\n//# sourceMappingURL=data:application/json;base64,${data}`
}

/** How the compiler writes the type of a parameter that may be an interface. */
const TYPE = /(?:typeof [\w$.]+ === "undefined" (?:\|\| )?)+\? Object : ([\w$.]+)/g

/**
 * Two modules whose decorated classes name each other are loaded one after the other: the compiler's `typeof` of a
 * class that is not there yet throws. Then the type is `Object`, as under bundlers; injection reads its own notes,
 * which are read later. Only columns after the decorators of a line move.
 */
function lateTypes(code: string): string {
  let isFound = false
  const late = code.replace(/^.*_decorateMetadata\("design:.*$/gm, (line) =>
    line.replace(TYPE, (_, type: string) => {
      isFound = true
      return `__ingot_type(() => ${type})`
    }),
  )
  return isFound ? `${late}\n${TYPE_OF}` : code
}

const TYPE_OF =
  'function __ingot_type(read) { try { return read() ?? Object } catch { return Object } }'

const OPTIONS: TransformOptions = {
  sourceType: 'module',
  // The newest that Node 20 runs.
  target: 'es2022',
  sourcemap: true,
  decorator: { legacy: true, emitDecoratorMetadata: true },
  // Imports that only types use are left out, as TypeScript does.
  typescript: { onlyRemoveTypeImports: false },
}
