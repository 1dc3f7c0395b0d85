import type { RequestFacts, StepFacts } from '../messages.js'
import type { Finding } from './finding.js'

/** A request that takes longer is worth a look, in milliseconds. */
const SLOW = 500

/** Why a request was slow, and what its session could not keep. */
export function requestFindings(request: RequestFacts): Finding[] {
  return [...slow(request), ...tooLarge(request)]
}

function slow(request: RequestFacts): Finding[] {
  const { duration, steps } = request
  const [slowest] = steps.toSorted((one, other) => ownTime(other, steps) - ownTime(one, steps))
  if (duration < SLOW || !slowest) return []
  const own = ownTime(slowest, steps)
  return [
    {
      kind: 'slow',
      title: `${request.method} ${request.path} took ${Math.round(duration)} ms`,
      why: `${Math.round(own)} ms of them passed in ${nameOf(slowest)}.`,
      remedy:
        slowest.role === 'value'
          ? 'What makes the value waits. When several values wait, let them not need each other: then they are made side by side.'
          : 'Look at what it awaits.',
    },
  ]
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
      why: `${error ?? ''} Its largest keys: ${unstored.slice(0, 3).join(', ')}.`.trim(),
      remedy:
        'Keep an id in the session and the rest in a database, or raise `maxSize` of a server-side store.',
    },
  ]
}
