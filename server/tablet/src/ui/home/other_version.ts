import type { DraftSummary, FormVersion } from '../../services'

export interface OtherVersions {
  /** A newer version of the draft's form, or null. */
  readonly newer: FormVersion | null
  /** The version that it was moved away from, or null. */
  readonly before: FormVersion | null
}

/** Where a draft may go; null where there is nothing but its own version. `forms` are the newest of each. */
export function otherVersions({ form, movedFrom = [], setAside }: DraftSummary, forms: readonly FormVersion[]): OtherVersions | null {
  const newest = forms.find(({ id }) => id === form.id)
  const newer = newest === undefined || newest.version === form.version ? null : newest
  const before = movedFrom.find(({ version }) => version !== newest?.version) ?? null
  const isSound = (setAside ?? null) === null
  return isSound && (newer !== null || before !== null) ? { newer, before } : null
}
