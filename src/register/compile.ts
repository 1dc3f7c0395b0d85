import remapping from '@jridgewell/remapping'
import { transformSync, type TransformOptions } from 'oxc-transform'
import { transform } from '../transform/index.js'

/**
 * Makes JavaScript of a TypeScript file: what its functions ask for written down, types taken out,
 * decorators with the types of their parameters, and a source map in it. No tsconfig is read.
 *
 * @throws SyntaxError with the line and what is wrong with it.
 */
export function compile(text: string, path: string): string {
  const annotated = transform(text, path)
  const { code, map, errors } = transformSync(path, annotated?.code ?? text, OPTIONS)
  if (errors[0]) {
    // Shown in the lines as they are written, without notes.
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
  // What Node 20 knows.
  target: 'es2022',
  sourcemap: true,
  decorator: { legacy: true, emitDecoratorMetadata: true },
  // Imports that only types use are left out, as TypeScript does.
  typescript: { onlyRemoveTypeImports: false },
}
