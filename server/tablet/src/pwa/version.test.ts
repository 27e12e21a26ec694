import { expect, test } from 'vitest'

import { compareVersions } from './version'

test('versions are ordered by their numbers, a pre-release before its release', () => {
  const ordered = ['0.1.0.dev3', '0.1.0', '0.1.1rc1', '0.1.1rc2', '0.1.1rc10', '0.1.1', '0.2', '0.10.0', '1.0']
  for (const [at, version] of ordered.entries()) {
    expect(compareVersions(version, version)).toBe(0)
    for (const later of ordered.slice(at + 1)) {
      expect(compareVersions(version, later)).toBeLessThan(0)
      expect(compareVersions(later, version)).toBeGreaterThan(0)
    }
  }
  expect(compareVersions('0.2', '0.2.0')).toBe(0)
})
