import { App, route, singleton } from 'ingot'

export class Users implements AsyncDisposable {
  readonly names = new Set(['ada', 'bob'])
  isOpen = true

  async [Symbol.asyncDispose]() {
    this.isOpen = false
  }
}

export const users = new Users()

const createApp = () =>
  new App({
    components: [singleton(Users, [], () => users)],
    routes: [route.get('/users', [Users], ({ names }) => [...names])],
  })

// #region job
export async function removeUser(name: string): Promise<boolean> {
  await using app = createApp()
  return await app.run([Users], ({ names }) => names.delete(name))
}
// #endregion
