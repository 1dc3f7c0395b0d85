import { app } from './app.js'

const server = await app.listen(Number(process.env['PORT'] ?? 3000))
console.log(`Listening at ${server.url}`)
