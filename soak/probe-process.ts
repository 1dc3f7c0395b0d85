// Asks the shop for a session again and again, and tells its parent how long the responses took.
import { Agent, request } from 'node:http'
import { createHistogram } from 'node:perf_hooks'
import { setTimeout as rest } from 'node:timers/promises'
import type { Durations } from './probe.js'

const url = process.argv[2]!
const agent = new Agent({ keepAlive: true })
const durations = createHistogram()
let cookie = ''

process.once('disconnect', () => process.exit())
process.once('message', () => {
  const milliseconds = (percentile: number) => durations.percentile(percentile) / 1000
  const [p50, p99, p999] = [milliseconds(50), milliseconds(99), milliseconds(99.9)]
  const found: Durations = { count: durations.count, p50, p99, p999 }
  process.send!(found)
})

await send('POST', '/api/login', JSON.stringify({ username: 'probe' }))
for (let turn = 0; ; turn += 1) {
  const took = await (turn % 2 === 0 ? send('GET', '/api/visits') : send('POST', '/api/visits'))
  durations.record(Math.max(1, Math.round(took * 1000)))
  // Not in step with the timers of anybody else.
  await rest(10 + ((turn * 7) % 20))
}

/** @returns milliseconds from the request to the end of its response. @throws Error when it is no 200. */
function send(method: 'GET' | 'POST', path: string, body?: string): Promise<number> {
  const begun = performance.now()
  return new Promise((resolve, reject) => {
    const headers = {
      'sec-fetch-site': 'same-origin',
      cookie,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const sent = request(`${url}${path}`, { method, agent, headers }, (response) => {
      response.resume()
      response.once('end', () => {
        const [set] = response.headers['set-cookie'] ?? []
        if (set !== undefined) cookie = set.slice(0, set.indexOf(';'))
        if (response.statusCode === 200) resolve(performance.now() - begun)
        else reject(new Error(`${method} ${path} was answered with ${response.statusCode}`))
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
