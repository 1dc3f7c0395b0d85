import { App, HttpError, inject, Next, optional, Header, route, scoped } from 'ingot'

class Account {
  static opened = 0
  readonly number = ++Account.opened
}

// #region guard
const guard = inject(
  [optional(Header('authorization')), Next],
  async (authorization, next): Promise<Response> => {
    // Nothing that only the handler needs is made for a request that is refused here.
    if (authorization !== 'Bearer open sesame') throw new HttpError(401)
    const response = await next()
    response.headers.set('x-guarded', 'yes')
    return response
  },
)
// #endregion

export const opened = () => Account.opened

export const app = new App({
  components: [scoped(Account, [], () => new Account())],
  middleware: [guard],
  routes: [route.get('/account', [Account], (account) => account.number)],
})
