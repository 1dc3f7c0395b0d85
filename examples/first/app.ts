import { App, MemoryStore, Session, route, sessions } from 'ingot'

function remember(session: Session, name: string) {
  session.set('name', name)
  return `Hello, ${name}!\n`
}
const greet = (session: Session) => `You are ${session.get('name') ?? 'new here'}.\n`

const app = new App({
  components: [sessions(new MemoryStore())],
  routes: [route.post('/name/:name', remember), route.get('/', greet)],
})
const { url } = await app.listen(Number(process.env['PORT'] ?? 3000))
console.log(`Listening at ${url}`)
