import type { VisitedApp } from './visited-app.js'

/** Sentences about a store, each with the check that proves it. */
export type StoreChecks = Readonly<Record<string, (app: VisitedApp) => Promise<void>>>
