import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * A project in another folder with only the packed package and its declared dependencies installed: a file missing
 * from the tarball or an undeclared dependency fails here as it would for a user.
 */
export class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), 'ingot-consumer-'))

  /**
   * @param others More packages that the project has installed, such as the optional `ioredis`.
   * @throws when the package has not been built.
   */
  static async create(others: readonly string[] = []): Promise<Consumer> {
    if (!existsSync(join(root, 'dist/index.js'))) {
      throw new Error('There is no dist/index.js to test: run `npm run build` first.')
    }
    const consumer = new Consumer()
    await consumer.install()
    for (const name of [...declaredDependencies(), ...others]) consumer.#link(name)
    consumer.write('package.json', JSON.stringify({ type: 'module', private: true }))
    return consumer
  }

  /** Copies a file of the repository into the project. */
  copy(from: string, to: string): void {
    this.write(to, readFileSync(join(root, from), 'utf8'))
  }

  /** Copies a package that is installed here. */
  copyPackage(name: string, to: string): void {
    cpSync(join(root, 'node_modules', name), join(this.folder, to), { recursive: true })
  }

  /** What a program prints. Its name says how Node reads it: `.js` is a module, `.cjs` is not. */
  async run(name: string, program: string): Promise<string> {
    this.write(name, program)
    const { stdout, stderr } = await execute(process.execPath, [name], { cwd: this.folder })
    return stdout + stderr
  }

  /** What a program on PATH prints, in the project's folder or in one below it. */
  async execute(command: string, words: readonly string[], below = '.'): Promise<string> {
    const { stdout, stderr } = await execute(command, [...words], {
      cwd: join(this.folder, below),
    })
    return stdout + stderr
  }

  /** Starts a program of the project. The caller has to end it. */
  start(
    words: readonly string[],
    below: string,
    environment: NodeJS.ProcessEnv,
    node = process.execPath,
  ): ChildProcess {
    const cwd = join(this.folder, below)
    return spawn(node, [...words], { cwd, env: { ...process.env, ...environment } })
  }

  /** Makes the packages of another folder of the project known to all of it, unless they are. */
  linkAll(below: string): void {
    const folder = join(this.folder, below)
    const names = readdirSync(folder).flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((one) => `${name}/${one}`) : name,
    )
    for (const name of names) {
      const place = join(this.folder, 'node_modules', name)
      if (name.startsWith('.') || existsSync(place)) continue
      mkdirSync(dirname(place), { recursive: true })
      symlinkSync(join(folder, name), place, 'dir')
    }
  }

  /** The errors of the TypeScript compiler for a program, including the declarations of the package. */
  async check(name: string, program: string, options: object = {}): Promise<string> {
    this.write(name, program)
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: [name] }))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const compiled = execute(process.execPath, [compiler, '--noEmit'], { cwd: this.folder })
    return compiled.then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Unpacks the package into a folder of the project; packages there may each have a copy. */
  async install(below = ''): Promise<void> {
    const installed = join(this.folder, below, 'node_modules/ingot')
    mkdirSync(installed, { recursive: true })
    const unpacking = ['-xz', '--strip-components=1', '-C', installed]
    execFileSync('tar', unpacking, { input: await (packed ??= pack()) })
  }

  /** Writes the tarball itself, for `npm install`. */
  async tarball(to: string): Promise<void> {
    writeFileSync(join(this.folder, to), await (packed ??= pack()))
  }

  #link(name: string): void {
    const place = join(this.folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(resolve(root, 'node_modules', name), place, 'dir')
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true })
    writeFileSync(join(this.folder, name), text)
  }
}

/** Packing takes a second and always gives the same, so all consumers of a test file share the result. */
let packed: Promise<Buffer> | undefined

async function pack(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-packed-'))
  const packing = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
  try {
    const { stdout } = await execute('npm', packing, { cwd: root })
    return readFileSync(join(folder, stdout.trim()))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function declaredDependencies(): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.keys((manifest as { dependencies: object }).dependencies)
}
