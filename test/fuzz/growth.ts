/** How many times larger the large input is. */
const FACTOR = 8
/** Linear work grows by 8, quadratic work by 64; the geometric middle tells them apart on any machine. */
export const MOST_GROWTH = 24
const ROUNDS = 15
/** Microseconds of CPU below which a measurement is mostly noise. */
const SHORTEST = 3000

/**
 * By how much the work takes longer for an input that is eight times as large, in CPU time of this process. Each
 * round does as much of the one as of the other, so that whatever slows the machine down meets both alike, and
 * the least of the rounds counts.
 *
 * @param size of the small input.
 * @param prepare makes the input, which does not count, and gives the work.
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
    // Noise rarely halves it.
    if (round > 1 && least < MOST_GROWTH / 2) break
  }
  return least
}

/** How often the work has to be done to take long enough to be measured; it warms up on the way. */
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
