export interface Product {
  readonly sku: string
  readonly name: string
  /** In cents. */
  readonly price: number
}

const PRODUCTS: readonly Product[] = [
  { sku: 'tea', name: 'Green tea', price: 950 },
  { sku: 'coffee', name: 'Coffee', price: 1200 },
  { sku: 'mug', name: 'Foundry mug', price: 1850 },
]

/** What the shop sells. */
export class Catalog {
  /** @param most the highest price, in cents. */
  upTo(most: number) {
    return PRODUCTS.filter(({ price }) => price <= most)
  }

  find(sku: string) {
    return PRODUCTS.find((product) => product.sku === sku)
  }
}

export const euros = (cents: number) => `€${(cents / 100).toFixed(2)}`
