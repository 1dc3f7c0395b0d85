import { createShop } from './app.js'

const server = await createShop({ ada: process.env['ADA_PASSWORD'] ?? 'lovelace' }).listen({
  port: Number(process.env['PORT'] ?? 3000),
  closeOn: ['SIGTERM', 'SIGINT'],
})
console.log(`The shop is open at ${server.url}`)
