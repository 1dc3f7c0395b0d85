// npm run release: see docs/releasing.md. Changes nothing before everything was checked.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cutChangelog, unpublishable } from './checks.js'

const run = (program: string, ...args: string[]): void =>
  void execFileSync(program, args, { stdio: 'inherit' })
const read = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8' }).trim()

try {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>
  const mistakes = unpublishable(manifest)
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
  if (read('git', 'status', '--porcelain') !== '') throw new Error('There are uncommitted changes.')
  const version = manifest['version']!
  const date = new Date().toISOString().slice(0, 10)
  const changelog = cutChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, date)
  run('npm', 'ci')
  run('npm', 'test')
  writeFileSync('CHANGELOG.md', changelog)
  run('git', 'commit', '--all', '--message', `Release ${version}`)
  run('git', 'tag', '--annotate', `v${version}`, '--message', version)
  console.log(`Ready. git push --follow-tags publishes ${version}: CI does so with provenance.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
