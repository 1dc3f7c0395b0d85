import { createShop } from './app.js'
import { keepSessions } from './store.js'

const shop = createShop({
  kept: keepSessions(process.env['REDIS_URL']),
  passwords: { ada: process.env['ADA_PASSWORD'] ?? 'lovelace' },
})
const server = await shop.listen({
  port: Number(process.env['PORT'] ?? 3000),
  closeOn: ['SIGTERM', 'SIGINT'],
})
console.log(`The shop is open at ${server.url}`)
