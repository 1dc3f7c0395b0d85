import { createShop } from './app.js'
import { Settings } from './settings.js'

try {
  const settings = new Settings(process.env)
  if (settings.store === 'cookie' && settings.hasRandomSecret) {
    console.warn(
      'SESSION_SECRET is not set: using a random one, so sessions end with this process.',
    )
  }
  const shop = createShop(settings)
  const server = await shop.listen({ port: settings.port, closeOn: ['SIGTERM', 'SIGINT'] })
  console.log(`The shop is open at ${server.url} (sessions: ${settings.store})`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
