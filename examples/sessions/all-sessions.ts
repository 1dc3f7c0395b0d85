import { AllSessions, App, inject, MemoryStore, Param, route, Session, sessions } from 'ingot'

// #region jobs
const show = route.get('/admin/users/:id/sessions', [AllSessions, Param('id')], (all, id) => {
  return all.list(id)
})

/** Ends every session of a user that has not been used for a while; gives how many. */
export function endForgotten(app: App, userId: string, before: Date): Promise<number> {
  return app.run(
    inject([AllSessions], async (all) => {
      let count = 0
      for await (const { handle, seenAt } of all.each(userId))
        if (seenAt < before && (await all.revoke(userId, handle))) count += 1
      return count
    }),
  )
}
// #endregion

export function createApp(store = new MemoryStore()): App {
  return new App({
    components: [sessions(store)],
    routes: [
      show,
      route.post('/login/:id', [Session, Param('id')], (session, id) => session.bind(id)),
    ],
  })
}
