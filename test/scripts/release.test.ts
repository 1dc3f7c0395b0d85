import { expect, test } from 'vitest'
import { cutChangelog } from '../../scripts/release/checks.js'

const changelog = '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 - 2026-01-01\n\n- Old.\n'

test('a release takes what is unreleased, and leaves an empty heading on top', () => {
  expect(cutChangelog(changelog, '0.2.0', '2026-11-29')).toBe(
    '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-11-29\n\n- New.\n\n## 0.1.0 - 2026-01-01\n\n- Old.\n',
  )
})

test('a release of nothing, of a version that is there, and of a file without the heading is refused', () => {
  const cut = cutChangelog(changelog, '0.2.0', '2026-11-29')
  expect(() => cutChangelog(cut, '0.3.0', '2026-11-30')).toThrow(/there is nothing to release/)
  expect(() => cutChangelog(changelog, '0.1.0', '2026-11-30')).toThrow(/raise the version/)
  expect(() => cutChangelog('# Changelog\n', '0.1.0', '2026-11-30')).toThrow(/no heading/)
})
