/** What a session of a workload keeps beside its `count`; a server is told by its environment. */
export interface Kept {
  /** Keys of the session, `count` included. */
  readonly keys: number
  /** Characters of one more value, as of a form that was begun. Default: none. */
  readonly bytes?: number
  /** Whether the keys beyond the first eleven hold numbers, so that 200 of them fit into a cookie. */
  readonly isSmall?: boolean
}

/** With `count` eleven keys and 403 bytes of JSON: what shops keep. */
const SHOP: Readonly<Record<string, unknown>> = {
  userId: 'u_8472',
  email: 'ada@example.org',
  roles: ['customer', 'editor'],
  locale: 'en-GB',
  currency: 'EUR',
  cart: [
    { sku: 'tea-100', quantity: 2, price: 1290 },
    { sku: 'cup-7', quantity: 1, price: 2450 },
    { sku: 'pot-12', quantity: 1, price: 5990 },
  ],
  csrf: 'kZQ5mYw0bq3v1V9x2yTn8RdJ4sLcF6hGkZQ5mYw0bq3',
  theme: 'dark',
  lastSeen: '2026-11-14T22:13:20.000Z',
  returnTo: '/products/green-tea?page=2',
}

const given = JSON.parse(process.env.BENCH_KEPT ?? '{"keys":2}') as Kept

export const kept: Readonly<Record<string, unknown>> = made(given)

function made({ keys, bytes = 0, isSmall = false }: Kept): Record<string, unknown> {
  const values = Object.fromEntries(Object.entries(SHOP).slice(0, keys - 1))
  for (let number = Object.keys(values).length + 1; number < keys; number++) {
    values[`k${number}`] = isSmall ? number : `a setting with the number ${number}`
  }
  if (bytes > 0) values.draft = 'x'.repeat(bytes)
  return values
}

/** How many of the kept values a session holds as they were written. */
export function keptIn(read: (key: string) => unknown): number {
  const entries = Object.entries(kept)
  return entries.filter(([key, value]) => isEqual(read(key), value)).length
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
