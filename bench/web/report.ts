// npm run report: RESULTS.md and the chart once more, from the figures of the last run.
import { publish } from './publish.js'
import { readRaw } from './raw.js'

publish(readRaw())
