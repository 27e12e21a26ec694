/**
 * What an entry of a repeat said, hidden answers and entries within it included, so that it can be given again to
 * another entry: to one that was taken away by mistake, or to one that the form's count took away for a moment.
 */
import type { AnyLeafNode, AnyNode, RepeatInstanceNode } from './engine'
import { isLeaf, type Memory } from './hidden'

/** Texts of questions, and for what holds questions a list in the order of the form. */
export type Snapshot = string | readonly Snapshot[]

type Child = Exclude<AnyNode, { nodeType: 'root' }>

function childrenOf(node: AnyNode): readonly Child[] {
  return (node.currentState.children ?? []) as readonly Child[]
}

/** Takes down what stands in a node. `memory` knows what is hidden at the moment. */
export function snapshotOf(node: AnyNode, memory: Memory): Snapshot {
  if (!isLeaf(node)) return childrenOf(node).map((child) => snapshotOf(child, memory))
  return node.currentState.relevant ? node.currentState.instanceValue : (memory.said(node) ?? '')
}

/** The engine takes a value of any node; its own types show that for questions only. */
interface Settable {
  setValueState(text: string): unknown
}

/** Gives a text to a node as it was; what the form works out by itself is left to it. */
function give(node: AnyLeafNode, text: string): void {
  if (node.definition.bind.calculate !== null || node.currentState.readonly) return
  switch (node.nodeType) {
    case 'select':
      return void node.selectValues(text === '' ? [] : text.split(' '))
    case 'rank':
      return void node.setValues(text === '' ? [] : text.split(' '))
    case 'trigger':
      return void node.setValue(text !== '')
    case 'range':
      return void (node.setValue as (value: string | null) => void)(text === '' ? null : text)
    case 'upload':
      return text === '' ? undefined : void node.setValue(new File([], text))
    case 'input':
      return void (node.setValue as (value: string) => void)(text)
    case 'note':
    case 'model-value':
      return void (node as unknown as Settable).setValueState(text)
  }
}

function giveAll(node: AnyNode, said: Snapshot, memory: Memory): void {
  if (isLeaf(node)) {
    if (typeof said !== 'string') return
    give(node, said)
    memory.keep(node, said)
    return
  }
  if (typeof said === 'string') return
  if (node.nodeType === 'repeat-range:uncontrolled') {
    const lacking = said.length - node.currentState.children.length
    if (lacking > 0) node.addInstances(undefined, lacking)
    if (lacking < 0) node.removeInstances(said.length, -lacking)
  }
  for (const [at, child] of childrenOf(node).entries()) {
    const inner = said[at]
    if (inner !== undefined) giveAll(child, inner, memory)
  }
}

/**
 * Gives an entry what another said. Twice: an answer may work out another one that had been changed by hand, make a
 * choice offered, or count the entries of a repeat within.
 */
export function restore(entry: RepeatInstanceNode, said: Snapshot, memory: Memory): void {
  giveAll(entry, said, memory)
  giveAll(entry, said, memory)
}
