import { MEASURED, Worker } from './worker.js'

/** How many routes each application has, and how many services they share. */
export const ROUTES = 1000
export const SERVICES = 20

/** Answers `GET` of a path with its text. */
export type Ask = (path: string) => Promise<string>

/**
 * What a module of `start-ups/` exports: makes an application of 1,000 routes, `GET /0/:name` to
 * `GET /999/:name`, and readies it. Route 7 answers `7: ` and the name.
 */
export type StartUp = () => Promise<Ask>

/** Milliseconds until the application is ready, in a process that has loaded the modules and nothing else. */
export async function startUpTime(system: string): Promise<number> {
  const worker = new Worker('start-up-process.js', [system], MEASURED)
  const milliseconds = await worker.answer<number>()
  worker.stop()
  return milliseconds
}
