import { expect, it } from 'vitest'
import type { DraftSummary, FormVersion } from '../../services'
import { otherVersions } from './other_version'

const version = (name: string, id = 'household'): FormVersion => ({ id, version: name, title: {}, languages: [] })
const [first, second, third] = [version('v1'), version('v2'), version('v3')]
const draft = (form: FormVersion, more: Partial<DraftSummary> = {}): DraftSummary => ({
  id: 'd1',
  form,
  startedAt: '',
  changedAt: '',
  progress: { answered: 0, asked: 0 },
  ...more,
})

it('a draft may go to the newest version of its form, and back to the one that it left', () => {
  expect(otherVersions(draft(first), [version('x', 'other'), first])).toBeNull()
  expect(otherVersions(draft(first), [second])).toEqual({ newer: second, before: null })
  expect(otherVersions(draft(second, { movedFrom: [first] }), [second])).toEqual({ newer: null, before: first })
  // Gone back, the newer one is not the one before.
  expect(otherVersions(draft(first, { movedFrom: [second] }), [second])).toEqual({ newer: second, before: null })
  expect(otherVersions(draft(second, { movedFrom: [first] }), [third])).toEqual({ newer: third, before: first })
})

it('one that does not open, or whose form is not here any more, stays where it is', () => {
  expect(otherVersions(draft(first, { setAside: 'draft.sealed' }), [second])).toBeNull()
  expect(otherVersions(draft(first), [])).toBeNull()
})
