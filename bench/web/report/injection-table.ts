import { contenders } from '../../di/contenders.js'
import { figure, HAND, MAP, ratio, type Raw } from '../../di/figures.js'
import { number, type Table } from './table.js'

/** The first of the scenarios of `bench/di`, 64 requests at once; the fastest first. */
export function injectionTable({ results }: Raw): Table {
  const race = results.synchronous
  const took = (name: string) => figure(race, name, 'eventLoop')
  const rows = contenders
    .filter(({ name }) => race[0]![name] !== undefined)
    .toSorted((one, other) => took(one.name) - took(other.name))
    .map(({ name, title }) => [
      title,
      number(took(name)),
      number(ratio(race, name, MAP, 'eventLoop')),
      number(ratio(race, name, HAND, 'eventLoop')),
    ])
  return { title: 'Injection alone', head: ['', 'ns', '× `Map`', '× by hand'], rows }
}
