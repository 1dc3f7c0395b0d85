import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'

/** Where and with what was measured. */
export interface Environment {
  readonly node: string
  readonly processor: string
  readonly cores: number
  /** How busy the machine was with other things when it began. */
  readonly load: number
  readonly versions: Readonly<Record<string, string>>
}

/** Reads it; the versions are the exact ones of `package.json`. */
export function environment(): Environment {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>
  }
  return {
    node: process.version,
    processor: cpus()[0]!.model,
    cores: cpus().length,
    load: loadavg()[0]!,
    versions: dependencies,
  }
}
