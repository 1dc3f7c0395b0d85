/**
 * Imports a driver, an optional peer: whoever uses another database does not need it. Its name is not known to bundlers,
 * which would look for every driver.
 *
 * @throws TypeError when it is not installed, with the line to run.
 */
export async function importDriver<Driver>(name: string, asker: string): Promise<Driver> {
  const driver = await findDriver<Driver>(name)
  if (!(driver instanceof MissingDriver)) return driver
  throw new TypeError(`${asker} needs the package ${name}: run npm install ${name}.`, {
    cause: driver.cause,
  })
}

/** The same for one of several: says why it cannot be used instead. */
export async function findDriver<Driver>(name: string): Promise<Driver | MissingDriver> {
  try {
    const module = (await import(/* @vite-ignore */ name)) as { default?: Driver }
    return module.default ?? (module as Driver)
  } catch (error) {
    // Not by its code: bundlers put a module that throws in the place of an optional peer.
    return new MissingDriver(error)
  }
}

/** A driver that is not installed, or cannot be loaded. */
export class MissingDriver {
  readonly cause: unknown

  constructor(cause: unknown) {
    this.cause = cause
  }
}
