import type { ClassToken, Component } from '../../../di/index.js'
import { App, route, type Route } from '../../../http/index.js'
import { Session, sessions, type SessionStore } from '../../../sessions/index.js'
import { testClient } from '../../test-client.js'
import { Visitor, type Act } from './visitor.js'

/** A store for one test, and what belongs to it. */
export interface StoreWorld {
  /** The store, or a class of stores that the injector builds. */
  readonly store: SessionStore | ClassToken<SessionStore>
  /** Components that the store needs. Default: none. */
  readonly components?: readonly Component[]
  /** Closes what was opened for the test. */
  readonly close?: () => unknown
}

/** The clock and the timeouts that the store of a test has to use. */
export interface StoreConditions {
  /** The time of the test, in milliseconds since 1970. */
  readonly clock: () => number
  /** Seconds without a request after which a session expires. */
  readonly idleTimeout: number
  /** Seconds after which it expires, even when it is active. */
  readonly absoluteTimeout: number
}

/** An application with the store. Its handlers run the acts of the tests. */
export class VisitedApp<World extends StoreWorld = StoreWorld> {
  readonly world: World
  readonly conditions: StoreConditions
  readonly #time: { now: number }
  readonly #acts = new Map<string, Act>()
  #store: SessionStore | undefined
  #lastError: unknown
  readonly #app: App

  private constructor(world: World, conditions: StoreConditions, time: { now: number }) {
    this.world = world
    this.conditions = conditions
    this.#time = time
    this.#app = new App({
      components: [
        // A slow machine must not fail the store.
        sessions(world.store, { onWarning: () => {}, deadline: 30_000 }),
        ...(world.components ?? []),
      ],
      routes: [
        route.post('/:act', [Session, Request], async (session, request) => {
          await this.#acts.get(new URL(request.url).pathname)?.(session)
        }),
        ...(typeof world.store === 'function' ? [this.#storeRoute(world.store)] : []),
      ],
      onError: (error) => (this.#lastError = error),
    })
  }

  static async open<World extends StoreWorld>(
    open: (conditions: StoreConditions) => World | Promise<World>,
  ): Promise<VisitedApp<World>> {
    const time = { now: Date.now() }
    const conditions = { clock: () => time.now, idleTimeout: 1800, absoluteTimeout: 28_800 }
    const world = await open(conditions)
    return new VisitedApp(world, conditions, time)
  }

  /** The store, or the instance of the class that was given. */
  async store(): Promise<SessionStore> {
    const { store } = this.world
    if (typeof store !== 'function') return store
    await this.#app.fetch(new Request('https://shop.test/store'))
    return this.#store as SessionStore
  }

  /** An application with another store, and with the clock of this one. */
  beside(store: StoreWorld['store']): VisitedApp {
    const { components = [] } = this.world
    return new VisitedApp({ store, components }, this.conditions, this.#time)
  }

  /** Moves the clock of the store and of the browsers forward. */
  pass(milliseconds: number): void {
    this.#time.now += milliseconds
  }

  /** A new visitor with their own browser. */
  visitor(): Visitor {
    const client = testClient(this.#app, { clock: this.conditions.clock })
    return new Visitor(
      client,
      (act) => this.#register(act),
      () => this.#lastError,
    )
  }

  async close(): Promise<void> {
    try {
      await this.#app.close()
    } finally {
      await this.world.close?.()
    }
  }

  #storeRoute(store: ClassToken<SessionStore>): Route {
    return route.get('/store', [store], (instance) => {
      this.#store = instance
    })
  }

  #register(act: Act): string {
    const path = `/${this.#acts.size + 1}`
    this.#acts.set(path, act)
    return path
  }
}
