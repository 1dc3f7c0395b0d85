import { Agent } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { Client } from '../../soak/client.js'
import { Findings, type Problem } from '../../soak/findings.js'
import { Random } from '../../soak/random.js'
import { Visitor } from '../../soak/visitor.js'
import { FakeShop, type Flaw } from './fake-shop.js'

const PACE = { pause: [0, 1], settling: 100 } as const

/** The problems that ten visitors find in a shop with this flaw. */
async function problemsOf(flaw: Flaw): Promise<string[]> {
  const over = new AbortController()
  const shop = new FakeShop(flaw, () => over.abort())
  const url = await shop.open()
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => {
    agent.destroy()
    shop.close()
  })
  const findings = new Findings()
  const random = new Random(1)
  const visitors = Array.from({ length: 10 }, (_, number) => {
    const client = new Client(url, agent, findings, new Set())
    return new Visitor(number, client, random.fork(), findings, PACE)
  })
  await Promise.all(visitors.map((visitor) => visitor.visit(over.signal)))
  return findings.problems.map((line) => line.slice(0, line.indexOf(':')))
}

test('visitors find no problem in a correct shop', async () => {
  expect(await problemsOf('none')).toEqual([])
})

test.each<[Flaw, Problem]>([
  ['loses notes', 'lost acknowledged writes'],
  ['counts twice', 'writes applied too often'],
  ['forgets sessions', 'lost sessions'],
  ['revives sessions', 'revived sessions'],
  ['mixes visitors up', 'cross-talk'],
  ['reads damaged cookies', 'damaged cookies that opened a session'],
  ['sets cookies when it fails', 'cookies set by a failure'],
  ['fails with 500', 'unexpected responses'],
])('of a shop that %s they report %s', async (flaw, problem) => {
  expect(await problemsOf(flaw)).toContain(problem)
})
