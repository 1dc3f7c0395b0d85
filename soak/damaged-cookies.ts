import type { Random } from './random.js'

/** A damaged copy of a valid `Cookie` header. It must not open a session. */
export function damaged(valid: string, random: Random): string {
  const value = valid.slice(valid.indexOf('=') + 1)
  const name = '__Host-session'
  const at = random.between(0, Math.max(0, value.length - 1))
  return random.pick([
    `${name}=`,
    name,
    `=${value}`,
    ';;;=;=,',
    `${name}=%`,
    `${name}="${value}"`,
    `${name}=${value}=`,
    `${name}=${value.slice(0, -1)}`,
    `${name}=${value}${value}`,
    `${name}=${value.toUpperCase()}${random.between(0, 9)}`,
    `${name}=${value.slice(0, at)}!${value.slice(at + 1)}`,
    `${name}=${encodeURIComponent(`${value}ä`)}`,
    `${name.toLowerCase()}=${value}`,
    `${name}=\u00e4\u00ff`,
    `${name}=${'x'.repeat(random.pick([1, 4096, 8000]))}`,
    `${name}=${'x'.repeat(20_000)}`,
    Array.from({ length: 300 }, (_, index) => `c${index}=${index}`).join('; '),
    `__proto__=${value}; constructor=${value}`,
  ])
}
