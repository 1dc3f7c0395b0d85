/** How many times larger the large input is. */
const FACTOR = 8
/** Linear work grows by 8, quadratic work by 64; the geometric middle tells them apart on any machine. */
export const MOST_GROWTH = 24
const ROUNDS = 15
/** Microseconds of CPU below which a measurement is mostly noise. */
const SHORTEST = 3000

/**
 * How many times longer the work takes for an input that is eight times as large, in CPU time of this process. Each
 * round does the same amount of both, so that a slow machine affects both alike, and the smallest result counts.
 *
 * @param size of the small input.
 * @param prepare makes the input, which is not measured, and returns the work.
 */
export async function growth(
  size: number,
  prepare: (size: number) => () => unknown,
): Promise<number> {
  const small = prepare(size)
  const large = prepare(size * FACTOR)
  const repeats = await enough(small)
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const short = (await spent(small, repeats * FACTOR)) / FACTOR
    least = Math.min(least, (await spent(large, repeats)) / short)
    // Noise rarely halves a measurement.
    if (round > 1 && least < MOST_GROWTH / 2) break
  }
  return least
}

/** How often to repeat the work so that it can be measured. This also warms it up. */
async function enough(work: () => unknown): Promise<number> {
  let repeats = 1
  while ((await spent(work, repeats)) < SHORTEST) repeats *= 2
  return repeats
}

async function spent(work: () => unknown, repeats: number): Promise<number> {
  const start = process.cpuUsage()
  for (let count = 0; count < repeats; count++) await work()
  const { user, system } = process.cpuUsage(start)
  return user + system
}
