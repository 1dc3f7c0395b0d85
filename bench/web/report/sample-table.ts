import { median } from '../../di/measure.js'
import { samplings, type Samples, type SamplingName } from '../samplings.js'
import { OURS, titleOf } from '../systems.js'
import { number, type Table } from './table.js'

/** The least first. */
export function sampleTable(name: SamplingName, samples: Samples): Table {
  const { title, unit } = samplings[name]
  const ours = samples[OURS]
  const rows = Object.entries(samples)
    .map(([system, values]) => ({ system, value: median(values) }))
    .toSorted((one, other) => one.value - other.value)
    .map(({ system, value }) => [
      titleOf(system, name === 'storedSessions' ? 'memory' : undefined),
      number(value),
      number(ours && value / median(ours)),
    ])
  return { title, head: ['', unit, '× Ingot'], rows }
}
