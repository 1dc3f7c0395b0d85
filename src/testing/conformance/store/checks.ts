import type { VisitedApp } from './visited-app.js'

/** Sentences about a store, and what shows each of them. */
export type StoreChecks = Readonly<Record<string, (app: VisitedApp) => Promise<void>>>
