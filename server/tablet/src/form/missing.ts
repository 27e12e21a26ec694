/**
 * Questions that a reason may be given to instead of an answer.
 *
 * The form is written for any client, so the reasons are a question of their own beside it: a choice called
 * `<name>_missing` with the appearance `missing`. Here both are one question again.
 */
import type { AnyLeafNode, GroupNode, RepeatInstanceNode, RepeatRangeNode, RootNode, SelectNode } from './engine'

const SUFFIX = '_missing'
const APPEARANCE = 'missing'

type Child = AnyLeafNode | GroupNode | RepeatRangeNode

/** Last step of a reference, without the position of an entry. */
export function lastStep(reference: string): string {
  return (reference.split('/').at(-1) ?? '').replace(/\[\d+\]$/u, '')
}

export function appearancesOf(node: { readonly appearances: unknown }): ReadonlySet<string> {
  return new Set((node.appearances as Iterable<string> | null) ?? [])
}

function isCompanion(node: Child): node is SelectNode {
  return node.nodeType === 'select' && node.selectType === 'select1' && appearancesOf(node).has(APPEARANCE)
}

/** Whether a person answers the node, so that there may be a reason not to. */
function isAnswered(node: Child): node is AnyLeafNode {
  return !['group', 'repeat-range:controlled', 'repeat-range:uncontrolled', 'model-value', 'note'].includes(node.nodeType)
}

/** The companions among the children of a node, by the engine's id of the question that each belongs to. */
export function companionsAmong(parent: RootNode | GroupNode | RepeatInstanceNode): ReadonlyMap<string, SelectNode> {
  const children = parent.currentState.children as readonly Child[]
  const companions = children.filter(isCompanion)
  const found = new Map<string, SelectNode>()
  if (companions.length === 0) return found
  const questions = new Map(children.filter(isAnswered).map((node) => [lastStep(node.currentState.reference), node]))
  for (const companion of companions) {
    const name = lastStep(companion.currentState.reference)
    const question = name.endsWith(SUFFIX) ? questions.get(name.slice(0, -SUFFIX.length)) : undefined
    if (question !== undefined) found.set(question.nodeId, companion)
  }
  return found
}
