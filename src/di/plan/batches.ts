import type { Step } from './layout.js'

/** Steps of one level that may wait run side by side; others, and exclusive ones, run alone. */
export function batches(steps: readonly Step[]): Step[][] {
  const found: Step[][] = []
  let open: Step[] | undefined
  const alone: Step[] = []
  const close = (): void => {
    found.push(...alone.splice(0).map((one) => [one]))
    open = undefined
  }
  for (const one of steps) {
    if (
      !one.mayWait ||
      (open && open[0]!.level !== one.level) ||
      (alone.length > 0 && alone[0]!.level !== one.level)
    )
      close()
    if (!one.mayWait) found.push([one])
    else if (one.isExclusive) alone.push(one)
    else if (open) open.push(one)
    else found.push((open = [one]))
  }
  close()
  return found
}
