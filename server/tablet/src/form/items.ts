/** The engine's nodes as the values of `model.ts`. Each node has one item for as long as the form is open. */
import type { AnyLeafNode, AnyNode, GroupNode, RepeatInstanceNode, RepeatRangeNode, RootNode } from './engine'
import { formText } from './text'
import type {
  Choice,
  Entry,
  FormItem,
  FormText,
  Group,
  Problem,
  Question,
  QuestionKind,
  RangeBounds,
  Roster,
} from './model'

const INPUTS: Readonly<Record<string, QuestionKind>> = {
  string: 'text',
  int: 'integer',
  decimal: 'decimal',
  date: 'date',
  time: 'time',
  dateTime: 'datetime',
  barcode: 'barcode',
}
const UPLOADS: Readonly<Record<string, QuestionKind>> = { image: 'photo', audio: 'audio', video: 'video' }

function kindOf(node: AnyLeafNode): QuestionKind {
  switch (node.nodeType) {
    case 'input':
      return INPUTS[String(node.valueType)] ?? 'unrendered'
    case 'select':
      return node.selectType === 'select' ? 'many' : 'one'
    case 'upload':
      return UPLOADS[String(node.nodeOptions.media.type)] ?? 'file'
    case 'trigger':
      return 'acknowledge'
    case 'range':
    case 'rank':
    case 'note':
      return node.nodeType
    case 'model-value':
      return 'unrendered'
  }
}

/** Makes items from nodes and finds the node of an item again. */
export class Items {
  readonly #root: RootNode
  readonly #items = new Map<string, FormItem | Entry>()
  readonly #nodes = new Map<string, AnyNode>()

  constructor(root: RootNode) {
    this.#root = root
  }

  /** The children of a node that a person may see, hidden ones among them. */
  children(node: RootNode | GroupNode | RepeatInstanceNode): readonly FormItem[] {
    const children = node.currentState.children as readonly (AnyLeafNode | GroupNode | RepeatRangeNode)[]
    return children.flatMap((child) => (child.nodeType === 'model-value' ? [] : [this.#item(child)]))
  }

  /** The node behind an item. Raises `RangeError` for an item that is not of this form. */
  node(key: string): AnyNode {
    const node = this.#nodes.get(key)
    if (node === undefined) throw new RangeError('no such item in this form')
    return node
  }

  entry(node: RepeatInstanceNode): Entry {
    return this.#known(node, () => {
      const made = this.#base(node, 'entry')
      return this.#define(made, { children: () => this.children(node) }) as Entry
    }) as Entry
  }

  #item(node: AnyLeafNode | GroupNode | RepeatRangeNode): FormItem {
    return this.#known(node, () => {
      if (node.nodeType === 'group') {
        return this.#define(this.#base(node, 'group'), { children: () => this.children(node) }) as Group
      }
      if (node.nodeType === 'repeat-range:controlled' || node.nodeType === 'repeat-range:uncontrolled') {
        const made = Object.assign(this.#base(node, 'roster'), { open: node.nodeType === 'repeat-range:uncontrolled' })
        return this.#define(made, {
          entries: () => node.currentState.children.map((child) => this.entry(child)),
        }) as Roster
      }
      return this.#question(node)
    }) as FormItem
  }

  #known(node: AnyNode, make: () => FormItem | Entry): FormItem | Entry {
    const known = this.#items.get(node.nodeId)
    if (known !== undefined) return known
    this.#nodes.set(node.nodeId, node)
    const made = make()
    this.#items.set(node.nodeId, made)
    return made
  }

  #base(node: AnyNode, item: string): object {
    const made = { item, key: node.nodeId }
    return this.#define(made, {
      reference: () => node.currentState.reference,
      name: () => lastStep(node.currentState.reference),
      label: () => this.#text(node.currentState.label),
      relevant: () => node.currentState.relevant,
    })
  }

  #text(range: Parameters<typeof formText>[0] | null): FormText | null {
    // Read so that a change of language renders again, whatever the engine reports for the text itself.
    void this.#root.currentState.activeLanguage
    return range === null ? null : formText(range)
  }

  #question(node: AnyLeafNode): Question {
    const made = this.#base(node, 'question')
    const state = node.currentState
    Object.assign(made, {
      kind: kindOf(node),
      type: node.nodeType === 'input' ? String(node.valueType) : node.nodeType,
      appearances: new Set((node.appearances as Iterable<string> | null) ?? []),
      bounds: bounds(node),
      maxPixels: node.nodeType === 'upload' ? node.maxPixels : null,
    })
    return this.#define(made, {
      hint: () => this.#text(state.hint),
      required: () => state.required,
      readonly: () => state.readonly,
      text: () => state.instanceValue,
      answered: () => state.instanceValue !== '',
      selected: () => (node.nodeType === 'select' || node.nodeType === 'rank' ? node.currentState.value : []),
      choices: () => this.#choices(node),
      problem: () => this.#problem(node),
    }) as Question
  }

  #choices(node: AnyLeafNode): readonly Choice[] {
    if (node.nodeType !== 'select' && node.nodeType !== 'rank') return []
    void this.#root.currentState.activeLanguage
    return node.currentState.valueOptions.map(({ value, label }) => ({ value, label: formText(label) }))
  }

  #problem(node: AnyLeafNode): Problem | null {
    const { violation } = node.validationState
    if (violation === null || !node.currentState.relevant) return null
    return { condition: violation.condition, message: this.#text(violation.message)?.plain ?? null }
  }

  #define(target: object, getters: Readonly<Record<string, () => unknown>>): object {
    for (const [name, get] of Object.entries(getters)) Object.defineProperty(target, name, { get, enumerable: true })
    return target
  }
}

function lastStep(reference: string): string {
  return (reference.split('/').at(-1) ?? '').replace(/\[\d+\]$/u, '')
}

function bounds(node: AnyLeafNode): RangeBounds | null {
  if (node.nodeType !== 'range') return null
  const { start, end, step } = node.definition.bounds
  return { min: Number(start), max: Number(end), step: Number(step) }
}
