// npm run lockfile
//
// Tools such as oxlint publish one package for each platform and depend on all of them optionally.
// A registry mirror may not have those of other platforms; npm then leaves them out of the lockfile,
// and `npm ci` refuses a lockfile without them, also where nobody needs them. This puts them in:
// version and platform are known, only the checksum is not.
import { readFileSync, writeFileSync } from 'node:fs'

const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8'))
for (const [path, dependent] of Object.entries(lockfile.packages)) {
  for (const [name, version] of Object.entries(dependent.optionalDependencies ?? {})) {
    const platform = platformOf(name)
    if (platform === undefined || isLocked(path, name)) continue
    // In the order in which npm writes them, so that it changes nothing later.
    lockfile.packages[`node_modules/${name}`] = {
      version,
      cpu: platform.cpu,
      ...(dependent.dev ? { dev: true } : {}),
      ...(platform.libc ? { libc: platform.libc } : {}),
      optional: true,
      os: platform.os,
    }
    console.log(`added ${name}@${version}`)
  }
}
const sorted = Object.entries(lockfile.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
lockfile.packages = Object.fromEntries(sorted)
writeFileSync('package-lock.json', `${JSON.stringify(lockfile, null, 2)}\n`)

/** Whether npm finds the package from there: beside the dependent, or in a folder above it. */
function isLocked(path, name) {
  const folders = path.split('/node_modules/').map((_, depth, parts) => parts.slice(0, depth + 1))
  const places = folders.map((parts) => `${parts.join('/node_modules/')}/node_modules/${name}`)
  return [`node_modules/${name}`, ...places].some((place) => place in lockfile.packages)
}

/** `linux-x64-musl` at the end of a name says where the package belongs. */
function platformOf(name) {
  const systems = 'aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32'
  const [, os, cpu, flavour] =
    new RegExp(`(${systems})-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(\\w+))?$`).exec(name) ??
    []
  if (os === undefined) return undefined
  const libc = flavour?.startsWith('musl') ? 'musl' : 'glibc'
  return { os: [os], cpu: [cpu], libc: os === 'linux' && flavour ? [libc] : undefined }
}
