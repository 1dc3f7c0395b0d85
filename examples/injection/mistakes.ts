import { App, Controller, Get, route, scoped, singleton, token } from 'ingot'

interface Sender {
  address: string
}
class Mailer {}
class Visitor {}
class Visitors {}
class Newsletter {
  constructor(
    readonly mailer: Mailer,
    readonly visitor: Visitor,
  ) {}
}

const address = token<string>('address')

// #region mistakes
@Controller('/senders')
class Senders {
  @Get('/:id')
  show(sender: Sender) {
    return sender.address
  }
}

export const app = new App({
  components: [
    scoped(Visitor, [], () => new Visitor()),
    singleton(Mailer, [address], () => new Mailer()),
    singleton(Newsletter, [Mailer, Visitor], (mailer, visitor) => new Newsletter(mailer, visitor)),
  ],
  routes: [
    Senders,
    route.post('/newsletter', [Newsletter], function send() {}),
    route.get('/visitors', [Visitors], function list() {}),
  ],
})
// #endregion
