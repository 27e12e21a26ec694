/** The engine's nodes as the values of `model.ts`. Each node has one item for as long as the form is open. */
import { computed, type ComputedRef } from 'vue'
import type { AnyLeafNode, AnyNode, GroupNode, RepeatInstanceNode, RepeatRangeNode, RootNode, SelectNode } from './engine'
import { accuracyOf } from './accuracy'
import { appearancesOf, companionsAmong, lastStep } from './missing'
import { choicesOf, type Choices } from './choices'
import { boundsOf, ticksOf } from './scale'
import { isLeaf, walk } from './hidden'
import { formText, hintAndGuidance, mediaOf, type BigImages } from './text'
import type {
  Choice,
  Entry,
  FormItem,
  FormMedia,
  FormText,
  Group,
  Missing,
  Problem,
  Question,
  QuestionKind,
  Roster,
  Ticks,
} from './model'

const INPUTS: Readonly<Record<string, QuestionKind>> = {
  string: 'text',
  int: 'integer',
  decimal: 'decimal',
  date: 'date',
  time: 'time',
  dateTime: 'datetime',
  barcode: 'barcode',
  geopoint: 'geopoint',
  geotrace: 'geotrace',
  geoshape: 'geoshape',
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
  /** The ids of the nodes whose children were looked through for companions. */
  readonly #paired = new Set<string>()
  readonly #companions = new Map<string, SelectNode>()
  readonly #companionIds = new Set<string>()
  readonly #choicesOf: Choices
  readonly #big: BigImages

  constructor(root: RootNode, big: BigImages) {
    this.#root = root
    this.#big = big
    this.#choicesOf = choicesOf(big)
  }

  /** The children of a node that a person may see, hidden ones among them; a companion is part of its question. */
  children(node: RootNode | GroupNode | RepeatInstanceNode): readonly FormItem[] {
    const children = node.currentState.children as readonly (AnyLeafNode | GroupNode | RepeatRangeNode)[]
    this.#pair(node)
    const isSeen = ({ nodeType, nodeId }: AnyNode): boolean => nodeType !== 'model-value' && !this.#companionIds.has(nodeId)
    return children.filter(isSeen).map((child) => this.#item(child))
  }

  /** The question that takes the reason why there is no answer to another, by the key of that other. */
  companion(key: string): SelectNode | null {
    return this.#companions.get(key) ?? null
  }

  /** The node behind an item. Raises `RangeError` for an item that is not of this form. */
  node(key: string): AnyNode {
    const node = this.#nodes.get(key)
    if (node === undefined) throw new RangeError('no such item in this form')
    return node
  }

  /** Whether a node still stands in the form, and not in an entry that was taken away. */
  isPresent(node: RepeatRangeNode): boolean {
    let present = false
    const reference = node.currentState.reference
    walk(this.#root, (each) => {
      present ||= each.nodeId === node.nodeId && each.currentState.reference === reference
    })
    return present
  }

  entry(node: RepeatInstanceNode): Entry {
    return this.#known(node, () => {
      const made = Object.assign(this.#base(node, 'entry'), { appearances: appearancesOf(node) })
      return this.#define(made, { children: kept(() => this.children(node)) }) as Entry
    }) as Entry
  }

  /** What stands in a group or an entry does not change while the form is open, only whether it is relevant. */
  #pair(node: RootNode | GroupNode | RepeatInstanceNode): void {
    if (this.#paired.has(node.nodeId)) return
    this.#paired.add(node.nodeId)
    for (const [question, companion] of companionsAmong(node)) {
      this.#companions.set(question, companion)
      this.#companionIds.add(companion.nodeId)
    }
  }

  #item(node: AnyLeafNode | GroupNode | RepeatRangeNode): FormItem {
    return this.#known(node, () => {
      if (node.nodeType === 'group') {
        const title = tableTitle(node)
        const made = Object.assign(this.#base(node, 'group', title ?? node), { appearances: appearancesOf(node) })
        return this.#define(made, {
          media: () => this.#media((title ?? node).currentState.label),
          children: kept(() => this.children(node).filter(({ key }) => key !== title?.nodeId)),
        }) as Group
      }
      if (node.nodeType === 'repeat-range:controlled' || node.nodeType === 'repeat-range:uncontrolled') {
        const open = node.nodeType === 'repeat-range:uncontrolled'
        const made = Object.assign(this.#base(node, 'roster'), { open, appearances: appearancesOf(node) })
        return this.#define(made, {
          media: () => this.#media(node.currentState.label),
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

  #base(node: AnyNode, item: string, labelled: AnyNode = node): object {
    const made = { item, key: node.nodeId }
    return this.#define(made, {
      reference: () => node.currentState.reference,
      name: () => lastStep(node.currentState.reference),
      label: kept(() => this.#text(labelled.currentState.label)),
      relevant: () => node.currentState.relevant,
    })
  }

  #text(range: Parameters<typeof formText>[0] | null): FormText | null {
    // Read so that a change of language renders again, whatever the engine reports for the text itself.
    void this.#root.currentState.activeLanguage
    const text = range === null ? null : formText(range)
    // A label that is only a picture or a sound has no words.
    return text === null || text.plain === '' ? null : text
  }

  #media(range: Parameters<typeof mediaOf>[0] | null): FormMedia | null {
    void this.#root.currentState.activeLanguage
    return range === null ? null : mediaOf(range, this.#big)
  }

  #hint(range: Parameters<typeof hintAndGuidance>[0] | null): ReturnType<typeof hintAndGuidance> | null {
    void this.#root.currentState.activeLanguage
    return range === null ? null : hintAndGuidance(range)
  }

  #question(node: AnyLeafNode): Question {
    const made = this.#base(node, 'question')
    const state = node.currentState
    const hint = kept(() => this.#hint(state.hint))
    Object.assign(made, {
      kind: kindOf(node),
      type: node.nodeType === 'input' ? String(node.valueType) : node.nodeType,
      appearances: appearancesOf(node),
      bounds: boundsOf(node),
      rows: rowsOf(node),
      maxPixels: node.nodeType === 'upload' ? node.maxPixels : null,
      accuracy: accuracyOf(node),
    })
    return this.#define(made, {
      media: kept(() => this.#media(state.label)),
      hint: () => hint()?.hint ?? null,
      guidance: () => hint()?.guidance ?? null,
      required: () => state.required,
      readonly: () => state.readonly,
      text: () => state.instanceValue,
      answered: () => state.instanceValue !== '',
      missing: kept(() => this.#missing(node)),
      settled: () => state.instanceValue !== '' || this.#reason(node) !== null,
      selected: () => (node.nodeType === 'select' || node.nodeType === 'rank' ? node.currentState.value : []),
      choices: () => this.#choices(node),
      ticks: () => this.#ticks(node),
      problem: () => this.#problem(node) ?? this.#problem(this.companion(node.nodeId)),
    }) as Question
  }

  #missing(node: AnyLeafNode): Missing | null {
    const companion = this.companion(node.nodeId)
    if (companion === null || !companion.currentState.relevant) return null
    return {
      label: this.#text(companion.currentState.label),
      reasons: this.#choices(companion),
      chosen: this.#reason(node),
    }
  }

  #reason(node: AnyLeafNode): string | null {
    return this.companion(node.nodeId)?.currentState.value[0] ?? null
  }

  #choices(node: AnyLeafNode): readonly Choice[] {
    if (node.nodeType !== 'select' && node.nodeType !== 'rank') return []
    const { language } = this.#root.currentState.activeLanguage
    return this.#choicesOf(node.nodeId, node.currentState.valueOptions, language)
  }

  #ticks(node: AnyLeafNode): Ticks | null {
    return node.nodeType === 'range' ? ticksOf(node, this.#root) : null
  }

  #problem(node: AnyLeafNode | null): Problem | null {
    if (node === null) return null
    const { violation } = node.validationState
    if (violation === null || !node.currentState.relevant) return null
    return { condition: violation.condition, message: this.#text(violation.message)?.plain ?? null }
  }

  #define(target: object, getters: Readonly<Record<string, () => unknown>>): object {
    for (const [name, get] of Object.entries(getters)) Object.defineProperty(target, name, { get, enumerable: true })
    return target
  }
}

/** The question that pyxform makes of the label of a group with the appearance `table-list`. */
function tableTitle(node: GroupNode): AnyLeafNode | null {
  const [first] = node.currentState.children as readonly AnyNode[]
  if (first === undefined || !isLeaf(first)) return null
  return lastStep(first.currentState.reference).startsWith('generated_table_list_label_') ? first : null
}

function rowsOf(node: AnyLeafNode): number | null {
  if (node.nodeType !== 'input' || node.valueType !== 'string') return null
  return (node.nodeOptions as { readonly rows: number | null } | null)?.rows ?? null
}

/** As `get`, which is called only when somebody asks, and again only when something has changed that it read. */
function kept<T>(get: () => T): () => T {
  let made: ComputedRef<T> | null = null
  return () => (made ??= computed(get)).value
}
