/** A value at a time. */
export interface Point {
  /** Seconds. */
  readonly at: number
  readonly value: number
}

/** How much the values grow per minute, by least squares. */
export function slopePerMinute(points: readonly Point[]): number {
  const count = points.length
  if (count < 2) return 0
  const meanAt = points.reduce((sum, { at }) => sum + at, 0) / count
  const meanValue = points.reduce((sum, { value }) => sum + value, 0) / count
  let up = 0
  let along = 0
  for (const { at, value } of points) {
    up += (at - meanAt) * (value - meanValue)
    along += (at - meanAt) ** 2
  }
  return along === 0 ? 0 : (up / along) * 60
}

/** The smallest value of every so many seconds: the one right after a garbage collection. */
export function floorOf(points: readonly Point[], seconds: number): Point[] {
  const least = new Map<number, Point>()
  for (const point of points) {
    const window = Math.floor(point.at / seconds)
    const present = least.get(window)
    if (!present || point.value < present.value) least.set(window, point)
  }
  return [...least.values()]
}
