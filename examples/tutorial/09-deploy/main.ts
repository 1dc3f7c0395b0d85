import { createShop } from './app.js'
import { keepSessions } from './store.js'

const { ADA_PASSWORD, NODE_ENV, PORT = '3000', REDIS_URL, TRUSTED_PROXIES = '0' } = process.env
if (NODE_ENV === 'production' && !(ADA_PASSWORD && REDIS_URL))
  throw new Error('In production the shop needs ADA_PASSWORD and REDIS_URL.')

const shop = createShop({
  kept: keepSessions(REDIS_URL),
  passwords: { ada: ADA_PASSWORD ?? 'lovelace' },
})
const server = await shop.listen({
  port: Number(PORT),
  closeOn: ['SIGTERM', 'SIGINT'],
  // The number of proxies in front: their word counts for the scheme and the client's address.
  ...(TRUSTED_PROXIES !== '0' && { trustProxy: Number(TRUSTED_PROXIES) }),
  // In Kubernetes some seconds pass before a pod that ends gets no more requests.
  beforeClose: NODE_ENV === 'production' ? 5_000 : 0,
})
console.log(`The shop is open at ${server.url}`)
