import { Controller, Get, inject, Next, Param, Post, redirect } from 'ingot'
import { Cart } from './cart.js'
import { page } from './page.js'
import { noSessionList, sessionList } from './session-list.js'
import { Visitor } from './visitor.js'

/** A visitor who is not logged in has no sessions to see; they are sent to the login. */
const loggedIn = inject([Visitor, Next], async function loggedIn(visitor, next) {
  return visitor.username === undefined ? redirect('/') : next()
})

/** The page where visitors see in which browsers they are logged in, and end sessions they do not know. */
@Controller('/sessions', { middleware: [loggedIn] })
export class Account {
  @Get()
  async list(visitor: Visitor, cart: Cart): Promise<Response> {
    const sessions = await visitor.sessions?.list()
    const content = sessions ? sessionList(sessions) : noSessionList()
    return page(visitor, content, { inCart: cart.count })
  }

  @Post('/others')
  async endOthers(visitor: Visitor): Promise<Response> {
    const count = (await visitor.sessions?.revokeOthers()) ?? 0
    return back(visitor, count === 1 ? 'Ended 1 other session' : `Ended ${count} other sessions`)
  }

  @Post('/all')
  async endAll(visitor: Visitor): Promise<Response> {
    await visitor.sessions?.revokeAll()
    visitor.logOut()
    return back(visitor, 'You are logged out everywhere')
  }

  @Post('/:handle')
  async end(visitor: Visitor, @Param('handle') handle: string): Promise<Response> {
    const hasEnded = await visitor.sessions?.revoke(handle)
    if (visitor.username === undefined) return back(visitor, 'You are logged out')
    return back(visitor, hasEnded ? 'Ended the session' : 'That session is over already')
  }
}

function back(visitor: Visitor, notice: string): Response {
  visitor.tell(notice)
  return redirect('/sessions')
}
