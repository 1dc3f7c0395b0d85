import { parseArgs } from 'node:util'
import { faults, type Fault } from './faults.js'
import type { SoakOptions } from './soak.js'
import { STORES, type StoreName } from './soaked-store.js'

/**
 * The options of the command line.
 *
 * @throws when an option is unknown or its value is wrong.
 */
export function optionsOf(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
      visitors: { type: 'string', default: '60' },
      faults: { type: 'string', default: 'all' },
      rate: { type: 'string' },
      store: { type: 'string', default: 'redis' },
    },
  })
  const store = storeNamed(values.store)
  return {
    store,
    minutes: positive('minutes', values.minutes),
    seed: positive('seed', values.seed),
    visitors: positive('visitors', values.visitors),
    faults: faultsNamed(values.faults).filter((fault) => isPossible(fault, store)),
    restartsShop: values.faults === 'all',
    ...(values.rate !== undefined && { rate: positive('rate', values.rate) }),
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new Error(`--${name} is '${text}', but must be a number above 0.`)
}

function storeNamed(text: string): StoreName {
  const store = STORES.find((known) => known === text)
  if (store) return store
  throw new Error(`--store is '${text}', but must be one of: ${STORES.join(', ')}.`)
}

/** A file has no server and no network. */
function isPossible({ isOfRedis = false }: Fault, store: StoreName): boolean {
  return store !== 'sqlite' && (store === 'redis' || !isOfRedis)
}

/** All, none, or those whose names have one of the words: `--faults kill,hole`. */
function faultsNamed(text: string): SoakOptions['faults'] {
  if (text === 'all') return faults
  if (text === 'none') return []
  const words = text.toLowerCase().split(',')
  const chosen = faults.filter(({ name }) =>
    words.some((word) => name.toLowerCase().includes(word)),
  )
  if (chosen.length > 0) return chosen
  const names = faults.map(({ name }) => name).join(', ')
  throw new Error(`--faults is '${text}', but must be all, none, or words of: ${names}.`)
}
