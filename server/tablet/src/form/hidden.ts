/**
 * Answers that a relevance hides.
 *
 * The engine leaves what is not relevant out of the instance, so an instance that was written and read again has
 * forgotten it, and a repeat that was hidden has lost its entries. `Memory` holds what each question last said;
 * `collectHidden` writes the hidden part of it down beside the instance, and `withHidden` puts both together for the
 * engine to restore from.
 */
import type { AnyLeafNode, AnyNode, RepeatRangeNode } from './engine'

/** Reference to text. A reference that ends in `]` is an entry of a repeat, whose text is empty. */
export type Hidden = Readonly<Record<string, string>>

export function isLeaf(node: AnyNode): node is AnyLeafNode {
  return node.currentState.children === null
}

/** Calls back for every node, a parent before its children, in the order of the form. */
export function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node)
  if (isLeaf(node)) return
  for (const child of node.currentState.children as readonly AnyNode[]) walk(child, visit)
}

/**
 * Takes away the blank first entry that the engine gives to a repeat, but not to one inside an added entry: every
 * roster begins empty, and what was never entered is not in the record.
 */
export function clearDefaultEntries(root: AnyNode): void {
  const ranges: RepeatRangeNode[] = []
  walk(root, (node) => {
    if (node.nodeType === 'repeat-range:uncontrolled') ranges.push(node)
  })
  for (const node of ranges.reverse()) {
    if (node.nodeType === 'repeat-range:uncontrolled' && node.currentState.children.length === 1) node.removeInstances(0)
  }
}

/** What each question said when it was last relevant, by the engine's id of the node. */
export class Memory {
  readonly #answers = new Map<string, string>()

  /** Takes down an answer that was just given, also an empty one. */
  note(node: AnyLeafNode): void {
    this.#answers.set(node.nodeId, node.currentState.instanceValue)
  }

  /** What a question said when it was last relevant; undefined where nobody answered it. */
  said(node: AnyLeafNode): string | undefined {
    return this.#answers.get(node.nodeId)
  }

  /** Takes down what a question is to say once it is relevant. */
  keep(node: AnyLeafNode, text: string): void {
    if (text !== '') this.#answers.set(node.nodeId, text)
  }

  /** Takes an instance down: what is shown is remembered, what is hidden keeps what it said. */
  collectHidden(root: AnyNode): Hidden {
    const hidden: Record<string, string> = {}
    walk(root, (node) => {
      const { relevant, reference } = node.currentState
      if (isLeaf(node)) {
        const remembered = this.#answers.get(node.nodeId)
        if (relevant && (node.currentState.instanceValue !== '' || remembered !== undefined)) this.note(node)
        else if (!relevant && remembered !== undefined) hidden[reference] = remembered
      } else if (node.nodeType === 'repeat-instance' && !relevant) hidden[reference] = ''
    })
    return hidden
  }

  /** Remembers the hidden answers of a restored instance, so that the next draft has them too. */
  learn(root: AnyNode, hidden: Hidden): void {
    walk(root, (node) => {
      const text = hidden[node.currentState.reference]
      if (isLeaf(node) && text !== undefined && !node.currentState.relevant) this.#answers.set(node.nodeId, text)
    })
  }
}

interface Step {
  readonly name: string
  readonly index: number
}

function steps(reference: string): readonly Step[] {
  return reference
    .split('/')
    .slice(1)
    .map((step) => {
      const [, name = step, position] = /^([^[]+)\[(\d+)\]$/u.exec(step) ?? []
      return { name, index: position === undefined ? 0 : Number(position) - 1 }
    })
}

function named(parent: Element, name: string): readonly Element[] {
  return [...parent.children].filter((child) => child.nodeName === name)
}

function insert(parent: Element, name: string, before: Element | null): Element {
  const made = parent.ownerDocument.createElementNS(parent.namespaceURI, name)
  parent.insertBefore(made, before)
  return made
}

/** Entries of a repeat in their order, each before what is in it; a store may have sorted the keys otherwise. */
function inOrder(left: string, right: string): number {
  const [a, b] = [steps(left), steps(right)]
  for (const [position, step] of a.entries()) {
    const other = b[position]
    if (other === undefined) return 1
    if (step.name !== other.name) return step.name < other.name ? -1 : 1
    if (step.index !== other.index) return step.index - other.index
  }
  return a.length - b.length
}

/**
 * The instance with its hidden answers in their places. Entries of a repeat are counted with the hidden ones among
 * them, so they are put in from the first to the last.
 *
 * Raises `SyntaxError` when the instance is not XML.
 */
export function withHidden(instanceXml: string, hidden: Hidden): string {
  const keys = Object.keys(hidden).sort(inOrder)
  if (keys.length === 0) return instanceXml
  const document = new DOMParser().parseFromString(instanceXml, 'text/xml')
  if (document.getElementsByTagName('parsererror').length > 0) throw new SyntaxError('the instance is not XML')
  for (const key of keys) {
    const [, ...path] = steps(key)
    let place: Element = document.documentElement
    for (const [position, { name, index }] of path.entries()) {
      const present = named(place, name)
      const isNewEntry = position === path.length - 1 && key.endsWith(']')
      const found = isNewEntry ? undefined : present[index]
      place = found ?? insert(place, name, present[index] ?? null)
    }
    if (!key.endsWith(']')) place.textContent = hidden[key] ?? ''
  }
  return new XMLSerializer().serializeToString(document)
}
