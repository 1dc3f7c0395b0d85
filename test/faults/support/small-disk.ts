import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../support/database-server.js'

/** A file system of 4 MB. */
export interface SmallDisk {
  readonly folder: string
  /** Takes all the space that is left. */
  fill(): void
  /** Gives it back. */
  free(): void
  remove(): Promise<void>
}

/** Only root may mount one. */
export const canMount = process.getuid?.() === 0

/** @param owner who may write to it. */
export async function smallDisk(owner: string): Promise<SmallDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-small-disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder])
  await run('chown', [owner, folder])
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: () => fillUp(filler),
    free: () => rmSync(filler),
    remove: async () => {
      await run('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true })
    },
  }
}

function fillUp(path: string): void {
  const file = openSync(path, 'w')
  const page = Buffer.alloc(4096)
  try {
    for (;;) writeSync(file, page)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}
