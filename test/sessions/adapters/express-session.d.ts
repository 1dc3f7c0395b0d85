import 'express-session'

// What its types leave out.
declare module 'express-session' {
  interface MemoryStore {
    readonly sessions: Record<string, string>
  }
}
