import { describe, expect, test } from 'vitest'
import { App, Controller, Get, Inject, Param, Query, value } from '../../src/index.js'
import { decoratorsSuite } from './decorators-suite.js'
import * as pages from './fixtures/pages.js'

const { Clock, User } = pages

describe('under legacy decorators', () => {
  decoratorsSuite(pages)

  test('parameters are found by type and by decorator, in methods and constructors', async () => {
    @Controller('/:room')
    class Rooms {
      readonly #clock: InstanceType<typeof Clock>
      constructor(clock: InstanceType<typeof Clock>) {
        this.#clock = clock
      }
      @Get() @Inject() show(@Param('room') room: number, @Query('from') from: string) {
        return `${room + 1} from ${from} in ${this.#clock.year}`
      }
    }
    Inject(Clock)(Rooms)
    const app = new App({ components: [value(Clock, new Clock())], routes: [Rooms] })
    const response = await app.fetch(new Request('http://localhost/7?from=noon'))
    expect(await response.text()).toBe('8 from noon in 2026')
  })

  test('a list of tokens goes before the decorators of parameters', async () => {
    @Controller()
    class Page {
      @Get() @Inject(User) show(@Query('user') user: string) {
        return user
      }
    }
    const app = new App({ components: [value(User, 'kim')], routes: [Page] })
    const response = await app.fetch(new Request('http://localhost/?user=eve'))
    expect(await response.text()).toBe('kim')
  })
})
