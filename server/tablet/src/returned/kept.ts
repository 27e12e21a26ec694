/** Files that a corrected record leaves as they were: they stay with the version that they came with. */
import type { Kept } from '../envelope'
import { names } from '../store/versions'

/**
 * Those that the new version still has: what its answers name, and what belongs to a recording that they name, which is its
 * further parts and its marks.
 */
export function stillKept(xml: string, kept: readonly Kept[]): readonly Kept[] {
  const named = kept.filter(({ name }) => names(xml, name))
  const stems = named.filter(({ contentType }) => /^(?:audio|video)\//u.test(contentType)).map(({ name }) => stemOf(name))
  return kept.filter((each) => named.includes(each) || stems.some((stem) => belongs(each.name, stem)))
}

function stemOf(name: string): string {
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name
}

/** As recordings name their parts and what was noted beside them. */
function belongs(name: string, stem: string): boolean {
  return name.startsWith(`${stem}-`) && /^(?:\d+\.\w+|marks\.csv)$/u.test(name.slice(stem.length + 1))
}
