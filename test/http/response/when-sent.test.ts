import { describe, expect, test } from 'vitest'
import { Hooks } from '../../../src/http/index.js'
import { responseOf } from './response-of.js'

async function* letters() {
  yield 'a'
  yield new Uint8Array([0x62])
}

describe('afterResponse hooks', () => {
  const watching = async (make: () => unknown) => {
    const log: string[] = []
    const response = await responseOf(
      (hooks: Hooks) => {
        hooks.afterResponse(({ ok }) => void log.push(`finished ${ok}`))
        return make()
      },
      [Hooks],
    )
    return { response, log }
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  test('run after the last byte was taken', async () => {
    const { response, log } = await watching(() => letters())
    const reader = response.body!.getReader()
    await reader.read()
    await reader.read()
    expect(log).toEqual([])
    expect((await reader.read()).done).toBe(true)
    await settled()
    expect(log).toEqual(['finished true'])
  })

  test('run when the client leaves', async () => {
    const { response, log } = await watching(() => letters())
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await settled()
    expect(log).toEqual(['finished true'])
  })

  test('run when the body fails, with the error [HT-11]', async () => {
    async function* failing() {
      yield 'a'
      throw new Error('source')
    }
    const { response, log } = await watching(() => failing())
    await expect(response.text()).rejects.toThrow('source')
    await settled()
    expect(log).toEqual(['finished false'])
  })

  test('run at once when there is no body, and for HEAD', async () => {
    const { log } = await watching(() => undefined)
    await settled()
    expect(log).toEqual(['finished true'])
    const head: string[] = []
    const handler = (hooks: Hooks) => {
      hooks.afterResponse(() => void head.push('finished'))
      return 'body'
    }
    await responseOf(handler, [Hooks], { method: 'HEAD' })
    await settled()
    expect(head).toEqual(['finished'])
  })
})
