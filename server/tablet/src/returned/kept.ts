/** Files that a corrected record leaves as they were: they stay with the version that they came with. */
import type { Kept } from '../envelope'
import { names } from '../store/versions'

/**
 * Those that the new version still has: what its answers name, and every recording with its further parts and its marks.
 * A recording was made when the interview was held: an answer that is recorded anew, or has no place any more, does not
 * undo it. Only one of `removed`, which the interviewer took away, goes.
 */
export function stillKept(xml: string, kept: readonly Kept[], removed: readonly string[] = []): readonly Kept[] {
  const gone = removed.filter((name) => !names(xml, name))
  const isGone = (file: string): boolean => gone.some((name) => file === name || belongs(file, stemOf(name)))
  const staying = kept.filter((each) => names(xml, each.name) || (isRecording(each) && !isGone(each.name)))
  const stems = staying.filter(isRecording).map(({ name }) => stemOf(name))
  return kept.filter((each) => staying.includes(each) || stems.some((stem) => belongs(each.name, stem)))
}

function isRecording({ contentType }: Kept): boolean {
  return /^(?:audio|video)\//u.test(contentType)
}

function stemOf(name: string): string {
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name
}

/** As recordings name their parts and what was noted beside them. */
function belongs(name: string, stem: string): boolean {
  return name.startsWith(`${stem}-`) && /^(?:\d+\.\w+|marks\.csv)$/u.test(name.slice(stem.length + 1))
}
