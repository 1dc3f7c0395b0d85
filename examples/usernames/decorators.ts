import { randomBytes } from 'node:crypto'
import { App, Controller, CookieStore, Get, Param, Post, Session, sessions } from 'ingot'

interface Visitor {
  username: string
}

@Controller()
class Usernames {
  @Post('/set-username/:username')
  set(session: Session<Visitor>, @Param('username') username: string) {
    session.set('username', username)
    return `Hello, ${username}!`
  }

  @Get('/get-username')
  get(session: Session<Visitor>) {
    return session.get('username') ?? 'Who are you?'
  }
}

const secret = process.env['SESSION_SECRET'] ?? randomBytes(32).toString('hex')

export const app = new App({
  components: [sessions(new CookieStore({ secret }))],
  routes: [Usernames],
})
