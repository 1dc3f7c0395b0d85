import { App, inject, Query, route, scoped, value } from 'ingot'

export class Clock {
  year() {
    return new Date().getFullYear()
  }
}

export class Greeting {
  constructor(readonly clock: Clock) {}
}

export const greet = inject([Greeting, Query('name')], (greeting, name) => {
  return `Happy ${greeting.clock.year()}, ${name}`
})

export const app = new App({
  components: [
    value(Clock, new Clock()),
    scoped(Greeting, [Clock], (clock) => new Greeting(clock)),
  ],
  routes: [route.get('/greet', greet)],
})
