import { app, watch } from './app.js'

watch((line) => console.log(line))
const server = await app.listen(Number(process.env['PORT'] ?? 3000))
console.log(`Listening at ${server.url}`)
