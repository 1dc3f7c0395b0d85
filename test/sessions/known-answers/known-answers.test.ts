import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { value } from '../../../src/di/index.js'
import { RedisStore } from '../../../src/sessions/redis/index.js'
import { VisitedApp } from '../../../src/testing/conformance/store/visited-app.js'
import { startRedis } from '../../support/redis-server.js'
import {
  begin,
  cookieWorld,
  MOMENT,
  recordWorld,
  shown,
  SHOWN,
  type KnownAnswers,
} from './known-world.js'

// `make.ts` writes them anew, when all sessions are meant to end with an update.
const answers = JSON.parse(
  readFileSync(new URL('known-answers.json', import.meta.url), 'utf8'),
) as KnownAnswers

describe('an update logs nobody out', () => {
  test.each(['encrypted', 'signed'] as const)(
    '%s: a cookie that this release made still opens',
    async (protection) => {
      const app = await cookieWorld({ protection })
      expect(await shown(app, answers[protection])).toEqual(SHOWN)
    },
  )

  test.each(['encrypted', 'signed'] as const)(
    '%s: but not under another application, name or secret',
    async (protection) => {
      const other = randomBytes(32).toString('base64url')
      const [, sealed] = answers[protection].split('=')
      for (const [options, name] of [
        [{ application: 'admin' }, '__Host-session'],
        [{ application: '' }, '__Host-session'],
        [{ name: '__Host-other' }, '__Host-other'],
        [{ secret: other }, '__Host-session'],
      ] as const) {
        const app = await cookieWorld({ protection, ...options })
        expect([Object.keys(options), await shown(app, `${name}=${sealed}`)]).toEqual([
          Object.keys(options),
          expect.objectContaining({ isNew: true, data: {} }),
        ])
      }
    },
  )

  test('an id and a record that this release made still open', async () => {
    const app = await recordWorld()
    const { backend } = app.world
    await backend.create(answers.key, answers.text, 86_400_000)
    expect(await shown(app, answers.id)).toEqual(SHOWN)
  })

  test('as a string in Redis, too', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const client = new Redis(server.port)
    onTestFinished(() => client.disconnect())
    const app = await VisitedApp.open(() => ({
      store: new RedisStore({ clock: () => MOMENT }),
      components: [value(Redis, client)],
    }))
    const made = await begin(app)
    const [key] = (await client.keys('session:*')).filter((each) => !each.endsWith('sessions'))
    expect(key).toHaveLength('session:'.length + answers.key.length)
    // The version, and the text that a backend gets.
    const stored = await client.get(key!)
    expect(stored).toBe(`0000000001${answers.text}`)
    await client.set(`session:${answers.key}`, stored!)
    expect(await shown(app, made.header)).toEqual(SHOWN)
    expect(await shown(app, answers.id)).toEqual(SHOWN)
  })
})

describe('a rollback logs nobody out: what is made today is what this release makes', () => {
  test('the same key and the same text', async () => {
    const app = await recordWorld()
    await begin(app)
    const { key, text } = app.world.backend.created!
    expect(key === answers.key).toBe(true)
    expect(text).toBe(answers.text)
  })

  test.each(['encrypted', 'signed'] as const)(
    '%s: a cookie of the same length, and of the same key',
    async (protection) => {
      const { header } = await begin(await cookieWorld({ protection }))
      const known = answers[protection]
      const visible = '__Host-session=e'.length + 6
      expect(header.length).toBe(known.length)
      expect(header.slice(0, visible) === known.slice(0, visible)).toBe(true)
    },
  )
})
