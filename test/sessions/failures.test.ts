import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kindOf, listen } from './events/event-world.js'
import { FailureWorld } from './failure-world.js'
import { failures } from './failures.js'

const page = readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8')

/** The rows of the tables of the page, by what goes wrong. */
const rows = new Map(
  page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:---|what goes wrong)/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    )
    .map(([what = '', status = '', events = '', lines = '', remedy = '']) => [
      what,
      { status, events, lines, remedy },
    ]),
)

test('each row of docs/failures.md has a program that shows it, and each program a row', () => {
  expect([...rows.keys()]).toEqual(Object.keys(failures))
  for (const [what, { remedy }] of rows) expect([what, remedy.length > 10]).toEqual([what, true])
})

test.each(Object.entries(failures))('docs/failures.md: %s', async (what, happens) => {
  const row = rows.get(what)!
  using listening = listen()
  await using world = new FailureWorld(() => void listening.events.splice(0))
  const status = await happens(world)
  const heard = listening.events.map(kindOf).filter((kind) => !ORDINARY.test(kind))
  expect({
    // The handlers of these programs give nothing: 204.
    status: status === 204 ? 'own' : `${status}`,
    events: [...new Set(heard)].join(', ') || 'none',
    lines: [...new Set(world.lines)].join(', ') || 'none',
  }).toEqual({
    status: row.status,
    events: row.events.replaceAll('`', ''),
    lines: row.lines.replaceAll('`', ''),
  })
})

/** What is published when nothing goes wrong; why a visitor is anonymous is told by `refused` as well. */
const ORDINARY = /^(?:loaded\/live|fresh\/|created\/|changed\/|regenerated\/|destroyed\/asked)/
