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
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${data}`
}

const OPTIONS: TransformOptions = {
  sourceType: 'module',
  // The newest that Node 20 runs.
  target: 'es2022',
  sourcemap: true,
  decorator: { legacy: true, emitDecoratorMetadata: true },
  // Imports that only types use are left out, as TypeScript does.
  typescript: { onlyRemoveTypeImports: false },
}
