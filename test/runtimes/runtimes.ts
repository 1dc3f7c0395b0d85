import { execFile, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build, type BuildOptions } from 'esbuild'
import { ingot } from '../../src/bundlers/esbuild.js'
import { otherNodes } from '../transform/written-by.js'
import { ON_WORKERD, STORES, type Places, type StoreName } from './stores.js'

const execute = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const HERE = 'test/runtimes'
/** A program that npm has installed here. */
const installed = (name: string): string => join(root, HERE, 'node_modules/.bin', name)

/** What a program printed of each store. */
export type Printed = Readonly<Record<string, unknown>> & { readonly store: StoreName }

/** A program that runs until it is stopped. */
export interface Running extends AsyncDisposable {
  readonly printed: readonly Printed[]
}

/** A runtime as the stage asks it. */
export interface Runtime {
  /** As the table names it. */
  readonly name: string
  readonly stores: readonly StoreName[]
  /** How it serves: by `app.listen`, and by a server of its own that takes `app.fetch`. */
  readonly modes: readonly Mode[]
  /** What compiles plain functions for it. */
  readonly plainBy: string
  serve(mode: Mode, places: Places): Promise<Running>
  kit(places: Places): Promise<readonly Printed[]>
  /** What a plain function responds to `POST /add/2`. */
  plain(): Promise<string>
}

export type Mode = 'listen' | 'fetch'

/** All runtimes. `folder` has the package installed, and is where programs are written. */
export async function runtimesIn(folder: string): Promise<readonly Runtime[]> {
  for (const below of [HERE, 'examples/runtimes']) copySources(below, folder)
  const program = await bundle('program', folder)
  const source = join(folder, HERE, 'plain-main.ts')
  const bundled = await bundle('plain-main', folder)
  const nodes = [process.execPath, ...otherNodes()].map((node) =>
    programRuntime({
      name: `Node ${/\d+/.exec(versionOf(node))![0]}`,
      command: [node, program],
      modes: ['listen'],
      plain: [node, '--import', 'ingot/register', source],
      plainBy: '`ingot/register`',
    }),
  )
  const [bun, deno] = [installed('bun'), installed('deno')]
  return [
    ...nodes,
    programRuntime({
      name: `Bun ${versionOf(bun)}`,
      command: [bun, program],
      modes: ['listen', 'fetch'],
      plain: [bun, '--preload', 'ingot/register', source],
      plainBy: '`ingot/register`',
    }),
    programRuntime({
      name: `Deno ${versionOf(deno)}`,
      command: [deno, 'run', '--allow-all', program],
      modes: ['listen', 'fetch'],
      plain: [deno, 'run', '--allow-all', bundled],
      plainBy: '`ingot/esbuild`',
    }),
    await workerdIn(folder),
  ]
}

/** Copies programs to where the package is installed. */
function copySources(below: string, folder: string): void {
  mkdirSync(join(folder, below), { recursive: true })
  for (const name of readdirSync(join(root, below)))
    if (name.endsWith('.ts')) cpSync(join(root, below, name), join(folder, below, name))
}

/** Compiles a program. That for workerd is one file, as its tools make it; others find packages beside it. */
async function bundle(name: string, folder: string, isForWorkerd = false): Promise<string> {
  const outfile = join(folder, `${name}.js`)
  const alone: BuildOptions = {
    conditions: ['workerd'],
    external: ['node:*'],
    // As Wrangler does for packages in CommonJS, which ioredis is.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire('/')",
    },
  }
  await build({
    entryPoints: [join(folder, HERE, `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
    plugins: [ingot()],
    ...(isForWorkerd ? alone : { packages: 'external' }),
  })
  return outfile
}

interface Program {
  readonly name: string
  readonly command: readonly string[]
  readonly modes: readonly Mode[]
  readonly plain: readonly string[]
  readonly plainBy: string
}

function programRuntime({ name, command, modes, plain, plainBy }: Program): Runtime {
  const start = (mode: string, places: Places): Promise<Running> =>
    run([...command, mode, JSON.stringify(places)], STORES.length)
  return {
    name,
    stores: STORES,
    modes,
    plainBy,
    serve: start,
    async kit(places) {
      await using running = await start('kit', places)
      return running.printed
    },
    async plain() {
      const [program = '', ...words] = plain
      const { stdout } = await execute(program, words, { cwd: dirname(words.at(-1)!) })
      return stdout
    },
  }
}

async function workerdIn(folder: string): Promise<Runtime> {
  const binary = installed('workerd')
  const date = /\d{4}-\d\d-\d\d/.exec(versionOf(binary))![0]
  await bundle('worker', folder, true)
  await bundle('plain', folder, true)
  const start = (services: readonly Service[]): Promise<Running> => {
    const file = join(folder, 'workerd.capnp')
    writeFileSync(file, configuration(services, date))
    return run([binary, 'serve', file, '--control-fd=1'], services.length)
  }
  const serve = async (places: Places): Promise<Running> => {
    const running = await start(
      ON_WORKERD.map((store) => ({
        name: store,
        program: 'worker.js',
        bindings: { STORE: store, PLACES: JSON.stringify(places) },
      })),
    )
    return { ...running, printed: running.printed.map(asServed) }
  }
  return {
    name: `workerd ${date}`,
    stores: ON_WORKERD,
    modes: ['fetch'],
    plainBy: '`ingot/esbuild`',
    serve: (_, places) => serve(places),
    async kit(places) {
      await using running = await serve(places)
      const runs = running.printed.map(async ({ store, url }) => {
        const response = await fetch(`${String(url)}/kit`)
        return { store, ...((await response.json()) as object) }
      })
      return await Promise.all(runs)
    },
    async plain() {
      await using running = await start([{ name: 'plain', program: 'plain.js', bindings: {} }])
      const { url } = asServed(running.printed[0]!)
      const response = await fetch(`${url}/add/2`, { method: 'POST' })
      return await response.text()
    },
  }
}

/** What workerd says of a socket, which is named like its service. */
function asServed(line: Printed): { readonly store: StoreName; readonly url: string } {
  const { socket, port } = line as unknown as { socket: StoreName; port: number }
  return { store: socket, url: `http://127.0.0.1:${port}` }
}

interface Service {
  readonly name: string
  readonly program: string
  readonly bindings: Readonly<Record<string, string>>
}

function configuration(services: readonly Service[], date: string): string {
  const written = services.map(({ name, program, bindings }) => {
    const texts = Object.entries(bindings).map(
      ([key, text]) => `(name = "${key}", text = ${JSON.stringify(text)})`,
    )
    return `(name = "${name}", worker = (
      modules = [(name = "${program}", esModule = embed "${program}")],
      compatibilityDate = "${date}",
      compatibilityFlags = ["nodejs_compat"],
      bindings = [${texts.join(', ')}],
    )),`
  })
  const sockets = services.map(
    ({ name }) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}"),`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${written.join('\n    ')}
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [
    ${sockets.join('\n    ')}
  ],
);
`
}

/** Starts a program and waits for its lines. */
async function run([command = '', ...words]: readonly string[], lines: number): Promise<Running> {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const printed: Printed[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(JSON.parse(line) as Printed)
    if (printed.length === lines) break
  }
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
  }
  if (printed.length === lines) return { printed, [Symbol.asyncDispose]: stop }
  await stop()
  throw new Error(`${command} ended after ${printed.length} of ${lines} stores: ${errors}`)
}

function versionOf(binary: string): string {
  const told = execFileSync(binary, ['--version'], { encoding: 'utf8' })
  return /\d+[.-]\d+[.-]\d+/.exec(told)![0]
}
