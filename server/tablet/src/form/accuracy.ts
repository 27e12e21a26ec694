/** How exact a place has to be, as the form says it at a `geopoint`. */
import type { AnyLeafNode } from './engine'
import type { Question } from './model'

/** What the engine reads off the body of a geopoint, in metres. */
interface Thresholds {
  readonly accuracyThreshold: number | null
  readonly unacceptableAccuracyThreshold: number | null
}

export function accuracyOf(node: AnyLeafNode): Question['accuracy'] {
  if (node.nodeType !== 'input' || String(node.valueType) !== 'geopoint') return null
  const { accuracyThreshold, unacceptableAccuracyThreshold } = node.nodeOptions as unknown as Thresholds
  return { takenAt: accuracyThreshold, doubtedFrom: unacceptableAccuracyThreshold }
}
