/** How many times larger the large input is. */
const FACTOR = 8
/** Linear work grows by 8, quadratic work by 64; the geometric middle tells them apart on any machine. */
export const MOST_GROWTH = 24
const ROUNDS = 15
/** Microseconds of CPU below which a measurement is mostly noise. */
const SHORTEST = 3000

/**
 * How many times longer the work takes for an input that is eight times as large, in CPU time of this process. Each
 * round does the same amount of both, so that a slow machine affects both alike, and the shortest time of each counts:
 * nothing makes work faster than it is, but the compiler and other processes make it slower for a while.
 *
 * @param size of the small input.
 * @param prepare makes the input, which is not measured, and returns the work.
 * @param clock in microseconds.
 */
export async function growth(
  size: number,
  prepare: (size: number) => () => unknown,
  clock: Clock = cpuTime,
): Promise<number> {
  const small = prepare(size)
  const large = prepare(size * FACTOR)
  const repeats = await enough(small, clock)
  let short = Infinity
  let long = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    short = Math.min(short, (await spent(small, repeats * FACTOR, clock)) / FACTOR)
    long = Math.min(long, await spent(large, repeats, clock))
    // Noise rarely halves a measurement.
    if (round > 1 && long / short < MOST_GROWTH / 2) break
  }
  return long / short
}

/** How often to repeat the work so that it can be measured. This also warms it up. */
async function enough(work: () => unknown, clock: Clock): Promise<number> {
  let repeats = 1
  while ((await spent(work, repeats, clock)) < SHORTEST) repeats *= 2
  return repeats
}

async function spent(work: () => unknown, repeats: number, clock: Clock): Promise<number> {
  const start = clock()
  for (let count = 0; count < repeats; count++) await work()
  return clock() - start
}

/** Microseconds since some moment. */
type Clock = () => number

function cpuTime(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
