import { App, MemoryStore, Session, redirect, route, sessions } from 'ingot'

// #region flash
const save = route.post('/address', [Session], (session) => {
  session.flash.set('notice', 'Your address was saved.')
  return redirect('/')
})

const home = route.get('/', [Session], (session) => session.flash.get('notice') ?? 'Welcome.')
// #endregion

export const app = new App({ components: [sessions(new MemoryStore())], routes: [save, home] })
