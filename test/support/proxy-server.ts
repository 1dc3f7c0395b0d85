import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { requireProgram } from './installed-program.js'
import { freePort } from './free-port.js'

/** Which paths a proxy lets through to the application. */
export type PathRule = 'all' | 'all but /admin' | 'only /public/'

/** What a proxy is told. */
export interface ProxyOptions {
  readonly rule?: PathRule
  /** Lines for nginx, in its `server`. */
  readonly more?: string
}

/** Starts a proxy in front of a port until the test ends, and returns its own port. */
export type StartProxy = (upstream: number, options?: ProxyOptions) => Promise<number>

/** An nginx, as its documentation shows one in front of an application, with its defaults for buffers. */
export const startNginx: StartProxy = (upstream, { rule = 'all', more = '' } = {}) => {
  const pass = `proxy_pass http://application;`
  const locations: Record<PathRule, string> = {
    all: `location / { ${pass} }`,
    'all but /admin': `location /admin { return 403; } location / { ${pass} }`,
    'only /public/': `location / { return 403; } location /public/ { ${pass} }`,
  }
  return started('nginx', (port, folder) => ({
    args: ['-p', folder, '-e', 'stderr', '-c', join(folder, 'proxy.conf')],
    configuration: `
      ${process.getuid?.() === 0 ? 'user root;' : ''}
      daemon off;
      master_process off;
      pid ${folder}/nginx.pid;
      events {}
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
        map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
        upstream application { server 127.0.0.1:${upstream}; keepalive 8; }
        server {
          listen 127.0.0.1:${port};
          proxy_http_version 1.1;
          proxy_set_header Host $host;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection $connection_upgrade;
          ${more}
          ${locations[rule]}
        }
      }`,
  }))
}

/** A HAProxy. It compares paths as they are sent, so it normalises escapes before it applies a rule. */
export const startHaproxy: StartProxy = (upstream, { rule = 'all' } = {}) => {
  const rules: Record<PathRule, string> = {
    all: '',
    'all but /admin': 'http-request deny if { path_beg /admin }',
    'only /public/': 'http-request deny unless { path_beg /public/ }',
  }
  return started('haproxy', (port, folder) => ({
    args: ['-db', '-f', join(folder, 'proxy.conf')],
    configuration: `
global
  expose-experimental-directives
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  http-reuse always
frontend visitors
  bind 127.0.0.1:${port}
  http-request normalize-uri percent-decode-unreserved
  ${rules[rule]}
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  default_backend application
backend application
  server application 127.0.0.1:${upstream}
`,
  }))
}

interface Launch {
  readonly args: readonly string[]
  readonly configuration: string
}

async function started(
  name: 'nginx' | 'haproxy',
  launch: (port: number, folder: string) => Launch,
): Promise<number> {
  const program = requireProgram(name, name)
  // Another process can take a free port before the proxy does.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), `ingot-${name}-`))
    const { args, configuration } = launch(port, folder)
    writeFileSync(join(folder, 'proxy.conf'), configuration)
    const proxy = spawn(program, [...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    const guard = killWithThisProcess(proxy, folder)
    let output = ''
    proxy.stderr.on('data', (text) => (output += String(text)))
    const exited = once(proxy, 'exit')
    const stop = async (): Promise<void> => {
      guard.kill('SIGKILL')
      proxy.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    }
    if (await listens(proxy, port)) {
      onTestFinished(stop)
      return port
    }
    await stop()
    if (attempt === 5) throw new Error(`${name} did not start: ${output}`)
  }
}

/** A test process that is killed cannot clean up: a shell at the other end of a pipe does. */
function killWithThisProcess(proxy: ChildProcess, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1"; rm -rf -- "$2"'
  const guard = spawn('sh', ['-c', script, 'guard', `${proxy.pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return guard
}

async function listens(proxy: ChildProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline && proxy.exitCode === null) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1', () => resolve(true))
      probe.on('error', () => resolve(false)).on('connect', () => probe.destroy())
    })
    if (isOpen) return true
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return false
}
