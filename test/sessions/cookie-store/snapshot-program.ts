import { startupSnapshot } from 'node:v8'
import { CookieStore } from '../../../src/sessions/cookie-store/cookie-store.js'
import { Session } from '../../../src/sessions/session/session.js'

/** Prints the cookie of a new session, sealed under the same key in every process. */
function seal(): string {
  const store = new CookieStore({
    secret: 'Zx3-Qm7_Vb1.Kp9/Ty5+Lw2=Rd8~Hn4^Gs6',
    openedCacheSize: 0,
  })
  const session = Session.empty()
  const loaded = store.load({ getAll: () => [] } as never) as typeof session
  loaded.set('a', 1)
  return String(store.dump(loaded))
}

// A request or two, so that everything is warm: what most start-up snapshots are built with.
seal()
startupSnapshot.setDeserializeMainFunction(() => void process.stdout.write(seal()))
