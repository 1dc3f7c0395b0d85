import type { RequestFacts, StepFacts } from '../messages.js'
import type { Finding } from './finding.js'

/** A request that takes longer is worth a look, in milliseconds. */
const SLOW = 500

/** Why a request was slow, and what its session could not keep. */
export function requestFindings(request: RequestFacts): Finding[] {
  return [...slow(request), ...tooLarge(request)]
}

function slow({ method, path, duration, busy, steps, events }: RequestFacts): Finding[] {
  const [slowest] = steps.toSorted((one, other) => ownTime(other, steps) - ownTime(one, steps))
  // A store that failed is told with its reason.
  const isTold = events.some(({ type }) => type === 'failed')
  if (duration < SLOW || !slowest || isTold) return []
  const own = ownTime(slowest, steps)
  const isComputing = busy > own / 2
  const doing = isComputing ? `, and the process computed for ${Math.round(busy)} ms` : ''
  return [
    {
      kind: 'slow',
      title: `${method} ${path} is slow`,
      why: `It took ${Math.round(duration)} ms: ${Math.round(own)} ms of them passed in ${nameOf(slowest)}${doing}.`,
      remedy: isComputing ? COMPUTING : waitingFor(slowest),
    },
  ]
}

const COMPUTING =
  'It does not wait, it computes, and meanwhile the process answers nobody else. Compute less, or in a worker.'

function waitingFor({ label, role }: StepFacts): string {
  if (/\.(?:load|dump)\(\)$/.test(label)) return 'It waits for the store: look at its log.'
  return role === 'value'
    ? 'What makes the value waits. When several values wait, let them not need each other: then they are made side by side.'
    : 'Look at what it awaits.'
}

function nameOf({ label, role, scope }: StepFacts): string {
  if (role === 'value') return `making ${label} (${scope})`
  return label.startsWith('the ') ? label : `the ${role} ${label}`
}

/** The time of a step without that of the steps within it. */
export function ownTime(step: StepFacts, steps: readonly StepFacts[]): number {
  const endOf = ({ beganAt, duration }: StepFacts): number => beganAt + duration
  const inside = steps.filter(
    (other) => other !== step && other.beganAt >= step.beganAt && endOf(other) <= endOf(step),
  )
  let [end, covered] = [step.beganAt, 0]
  for (const other of inside.toSorted((one, another) => one.beganAt - another.beganAt)) {
    covered += Math.max(0, endOf(other) - Math.max(end, other.beganAt))
    end = Math.max(end, endOf(other))
  }
  return step.duration - covered
}

function tooLarge({ method, path, status, unstored, steps }: RequestFacts): Finding[] {
  const [largest] = unstored
  if (largest === undefined) return []
  const error = steps.findLast((step) => step.error !== undefined)?.error
  return [
    {
      kind: 'size',
      title: `The session of ${method} ${path} is too large to store (${status})`,
      why: `Its largest keys: ${unstored.slice(0, 3).join(', ')}. ${error ?? ''}`.trim(),
      remedy: 'Keep an id in the session, and the rest in a database.',
    },
  ]
}
