import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build as buildWithEsbuild } from 'esbuild'
import { rolldown } from 'rolldown'
import { build as buildWithVite } from 'vite'
import { ingot as esbuildPlugin } from '../../src/bundlers/esbuild.js'
import { ingot } from '../../src/bundlers/vite.js'

const execute = promisify(execFile)
const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url))

/** A folder with a program of several files. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'ingot-program-'))
  readonly #main: string

  constructor(files: Readonly<Record<string, string>>, main: string) {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(this.folder, path), text)
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }')
    this.#main = join(this.folder, main)
  }

  /** What it prints when Node runs its files, compiled by `ingot/register`. */
  async underRegister(node = process.execPath): Promise<string> {
    return run(node, ['--import', pathToFileURL(await compiledRegister()).href, this.#main])
  }

  async bundledByVite(): Promise<string> {
    const output = join(this.folder, 'vite')
    await buildWithVite({
      root: this.folder,
      configFile: false,
      logLevel: 'silent',
      plugins: [ingot()],
      build: { ssr: this.#main, outDir: output, minify: false, target: 'node20', sourcemap: true },
      oxc: { decorator: { legacy: true } },
    })
    return run(process.execPath, ['--enable-source-maps', join(output, 'main.js')])
  }

  async bundledByRolldown(options: { minify: boolean }): Promise<string> {
    const file = join(this.folder, 'rolldown.js')
    const bundle = await rolldown({
      input: this.#main,
      plugins: [ingot()],
      platform: 'node',
      onLog: () => {},
      transform: { decorator: { legacy: true } },
    })
    await bundle.write({ file, sourcemap: true, ...options })
    await bundle.close()
    return run(process.execPath, ['--enable-source-maps', file])
  }

  async bundledByEsbuild(): Promise<string> {
    const outfile = join(this.folder, 'esbuild.js')
    await buildWithEsbuild({
      entryPoints: [this.#main],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      sourcemap: true,
      logLevel: 'silent',
      plugins: [esbuildPlugin()],
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    })
    return run(process.execPath, ['--enable-source-maps', outfile])
  }

  /** What a file of it prints. */
  run(file: string): Promise<string> {
    return run(process.execPath, [file])
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function run(node: string, words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await execute(node, [...words])
  return stdout + stderr
}

let register: Promise<string> | undefined

/** `ingot/register` as it is in the source now, where it finds the packages that it needs. */
export function compiledRegister(): Promise<string> {
  return (register ??= compileRegister())
}

async function compileRegister(): Promise<string> {
  const outdir = source(`../node_modules/.ingot-register-${process.pid}`)
  await buildWithEsbuild({
    entryPoints: [source('register/index.ts'), source('register/hooks.ts')],
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    external: ['./hooks.js'],
    logLevel: 'silent',
  })
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }))
  return join(outdir, 'index.js')
}

/** Other versions of Node, to run the same with: paths in `INGOT_NODES`, between colons. */
export function otherNodes(): string[] {
  return (process.env['INGOT_NODES'] ?? '').split(':').filter((path) => path !== '')
}
