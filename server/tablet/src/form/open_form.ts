/** A form that is being filled in. */
import type { DraftContent, LoadedForm } from '../services'
import { NO_ATTACHMENT, type AnyLeafNode, type AnyNode, type Asides, type RepeatInstanceNode, type RootNode } from './engine'
import { Items } from './items'
import { ProgressCount } from './progress'
import { clearDefaultEntries, isLeaf, walk, type Memory } from './hidden'
import { lastStep } from './missing'
import { Counted } from './counted'
import { languageOf } from './languages'
import { onlyRefusal } from './consent'
import { withMeta } from './meta'
import { countsOf, questionsIn, sectionsOf } from './sections'
import { restore, snapshotOf, type Snapshot } from './snapshots'
import type { Counts, Entry, FormItem, FormLanguage, Layout, Question, Roster, Section } from './model'

/** The finished instance, and the attachments that stand in it. */
export interface Finished {
  readonly instanceXml: string
  readonly attachmentNames: readonly string[]
}

/** An entry of a repeat that was taken away, with what it said. */
export interface RemovedEntry {
  readonly roster: Roster
  readonly position: number
  readonly said: Snapshot
}

/** A place in the form that no person is asked for. */
export interface Unasked {
  readonly reference: string
  /** Followed by Vue. */
  readonly isRelevant: () => boolean
}

export class OpenForm {
  readonly form: LoadedForm
  readonly languages: readonly FormLanguage[]
  /** Whether a page holds a section, or as the form's style says a question. */
  readonly layout: Layout
  /** Reference of the section or entry where the interviewer is; kept with the draft. */
  position: string | null
  readonly #root: RootNode
  readonly #items: Items
  readonly #memory: Memory
  readonly #counted: Counted
  readonly #progress = new ProgressCount()
  /** Answers that a reason has taken the place of, by key, until the form is closed: how to give each again. */
  readonly #replaced = new Map<string, () => void>()

  constructor(form: LoadedForm, root: RootNode, memory: Memory, resumed: DraftContent | null, asides: Asides) {
    this.form = form
    this.#root = root
    this.#items = new Items(root, asides.bigImages)
    this.#memory = memory
    this.#counted = new Counted(root, memory, asides.counting)
    this.layout = (root.classes as { readonly pages?: boolean }).pages === true ? 'pages' : 'sections'
    this.position = resumed?.position ?? null
    this.languages = root.languages.map(({ language }) => languageOf(language))
    if (resumed !== null) this.setLanguage(resumed.language)
  }

  /** Tag of the language that the form is shown in. Followed by Vue. */
  get language(): string {
    return languageOf(this.#root.currentState.activeLanguage.language).tag
  }

  /** Shows the form in another language; one that it does not have changes nothing. */
  setLanguage(tag: string): void {
    if (tag === this.language) return
    const chosen = this.#root.languages.find(({ language }) => languageOf(language).tag === tag)
    if (chosen !== undefined && chosen.isSyntheticDefault !== true) this.#root.setLanguage(chosen)
  }

  /** What is shown one after the other, without what is hidden. Followed by Vue. */
  get sections(): readonly Section[] {
    return sectionsOf(this.#items.children(this.#root), this.layout)
  }

  /** Every question that is shown, those in the entries of repeats included. */
  get questions(): readonly Question[] {
    return questionsIn(this.#items.children(this.#root))
  }

  /** How much of these is asked and answered, all entries of repeats included. */
  counts(items: readonly FormItem[]): Counts {
    return countsOf(items)
  }

  /** Gives an answer as text: numbers with a point, dates as ISO. An empty text takes the answer back. */
  setText(question: Question, text: string): void {
    const node = this.#leaf(question)
    this.#counted.before(question.name)
    if (node.nodeType === 'input') (node.setValue as (value: string) => void)(text)
    else if (node.nodeType === 'range') (node.setValue as (value: string | null) => void)(text === '' ? null : text)
    else throw new TypeError(`a ${node.nodeType} is not answered with a text`)
    this.#answered(node)
  }

  /** Chooses: one value at most for `one`, all that are chosen for `many`, the whole order for `rank`. */
  setSelected(question: Question, values: readonly string[]): void {
    const node = this.#leaf(question)
    this.#counted.before(question.name)
    if (node.nodeType === 'select') node.selectValues(values)
    else if (node.nodeType === 'rank') node.setValues(values)
    else throw new TypeError(`a ${node.nodeType} has no choices`)
    this.#answered(node)
  }

  acknowledge(question: Question, done: boolean): void {
    const node = this.#leaf(question)
    if (node.nodeType !== 'trigger') throw new TypeError(`a ${node.nodeType} is not acknowledged`)
    node.setValue(done)
    this.#answered(node)
  }

  /** Notes the file name of an attachment. The bytes are in the draft's own store; the engine never sees them. */
  attach(question: Question, name: string): void {
    const node = this.#leaf(question)
    if (node.nodeType !== 'upload') throw new TypeError(`a ${node.nodeType} has no attachment`)
    node.setValue(new File([], name))
    this.#answered(node)
  }

  detach(question: Question): void {
    const node = this.#leaf(question)
    if (node.nodeType !== 'upload') throw new TypeError(`a ${node.nodeType} has no attachment`)
    // Without a file the engine falls back to the name that a restored instance came with: a file with an empty name
    // is what it takes for none.
    node.setValue(new File([], NO_ATTACHMENT))
    this.#answered(node)
  }

  /**
   * Gives a reason why there is no answer, which takes the answer's place, or with null takes the reason back. The
   * answer then stands again, except for an attachment, whose file is gone.
   */
  setMissing(question: Question, reason: string | null): void {
    const node = this.#leaf(question)
    const companion = this.#items.companion(question.key)
    if (companion === null) throw new TypeError('the form offers no reasons here')
    if (reason !== null && question.answered) this.#replace(node, question)
    companion.selectValues(reason === null ? [] : [reason])
    this.#memory.note(companion)
    if (reason !== null) return
    this.#replaced.get(question.key)?.()
    this.#replaced.delete(question.key)
  }

  /** Adds an entry at the end of a repeat. */
  addEntry(roster: Roster): Entry {
    const node = this.#items.node(roster.key)
    if (node.nodeType !== 'repeat-range:uncontrolled') throw new TypeError('the form itself counts this repeat')
    node.addInstances()
    const added = node.currentState.children.at(-1)
    if (added === undefined) throw new RangeError('the engine added no entry')
    return this.#items.entry(added)
  }

  /** Takes an entry away. What comes back gives it again, see `restoreEntry`. */
  removeEntry(roster: Roster, entry: Entry): RemovedEntry | null {
    const node = this.#items.node(roster.key)
    if (node.nodeType !== 'repeat-range:uncontrolled') throw new TypeError('the form itself counts this repeat')
    const entries: readonly RepeatInstanceNode[] = node.currentState.children
    const position = entries.findIndex(({ nodeId }) => nodeId === entry.key)
    const removed = entries[position]
    if (removed === undefined) return null
    this.#memory.collectHidden(this.#root)
    const said = snapshotOf(removed, this.#memory)
    node.removeInstances(position)
    return { roster, position, said }
  }

  /** Puts an entry back in its place with all that it said. Null where its repeat is gone as well. */
  restoreEntry({ roster, position, said }: RemovedEntry): Entry | null {
    const node = this.#items.node(roster.key)
    if (node.nodeType !== 'repeat-range:uncontrolled' || !this.#items.isPresent(node)) return null
    const before = Math.min(position, node.currentState.children.length) - 1
    node.addInstances(before)
    const added = node.currentState.children[before + 1]
    if (added === undefined) throw new RangeError('the engine added no entry')
    clearDefaultEntries(added)
    restore(added, said, this.#memory)
    return this.#items.entry(added)
  }

  /** A question that stands in no repeat, shown or hidden; null where there is none. */
  questionAt(reference: string): Question | null {
    let items = this.#items.children(this.#root)
    for (;;) {
      const next = items.find((item) => item.reference === reference || reference.startsWith(`${item.reference}/`))
      if (next?.item !== 'group') return next?.item === 'question' ? next : null
      items = next.children
    }
  }

  /** Something that no person answers, by its name. */
  unasked(name: string): Unasked | null {
    const found: AnyNode[] = []
    walk(this.#root, (node) => {
      if (node.nodeType === 'model-value' && lastStep(node.currentState.reference) === name) found.push(node)
    })
    const state = found[0]?.currentState
    if (state === undefined) return null
    return { reference: state.reference, isRelevant: () => state.relevant }
  }

  /** Everything that has to be kept for going on later, hidden answers included. */
  draft(): DraftContent {
    const hidden = this.#memory.collectHidden(this.#root)
    const { asked, answered } = this.#progress.of(this.#items.children(this.#root))
    return {
      instanceXml: this.#root.instanceState.instanceXML,
      hidden,
      language: this.language,
      position: this.position,
      progress: { answered, asked },
    }
  }

  /**
   * The instance as it is handed in: the time of finishing is set, and what is hidden is left out. `audit` is the name
   * of the audit file, which the engine has no answer for.
   */
  async finish(audit: string | null = null): Promise<Finished> {
    await this.#root.prepareInstancePayload()
    const xml = this.#root.instanceState.instanceXML
    const names = this.#attachments()
    if (audit === null) return { instanceXml: xml, attachmentNames: names }
    return { instanceXml: withMeta(xml, 'audit', audit), attachmentNames: [...names, audit] }
  }

  /** The instance of somebody who did not consent: that answer, and nothing else that was answered. */
  async refuse(reference: string): Promise<string> {
    await this.#root.prepareInstancePayload()
    return onlyRefusal(this.#root.instanceState.instanceXML, reference)
  }

  #attachments(): readonly string[] {
    const names = new Set<string>()
    walk(this.#root, (node) => {
      if (node.nodeType !== 'upload' || !node.currentState.relevant) return
      if (node.currentState.instanceValue !== '') names.add(node.currentState.instanceValue)
    })
    return [...names]
  }

  /** Takes an answer down. A reason why there was none falls away with it. */
  #answered(node: AnyLeafNode): void {
    this.#memory.note(node)
    this.#counted.after(lastStep(node.currentState.reference))
    if (node.currentState.instanceValue === '') return
    this.#replaced.delete(node.nodeId)
    const companion = this.#items.companion(node.nodeId)
    if (companion === null || companion.currentState.instanceValue === '') return
    companion.selectValues([])
    this.#memory.note(companion)
  }

  #replace(node: AnyLeafNode, question: Question): void {
    const { text, selected, key } = question
    switch (node.nodeType) {
      case 'select':
      case 'rank':
        this.#replaced.set(key, () => this.setSelected(question, selected))
        return this.setSelected(question, [])
      case 'trigger':
        this.#replaced.set(key, () => this.acknowledge(question, true))
        return this.acknowledge(question, false)
      case 'upload':
        return this.detach(question)
      case 'input':
      case 'range':
        this.#replaced.set(key, () => this.setText(question, text))
        return this.setText(question, '')
      case 'note':
      case 'model-value':
        throw new TypeError(`a ${node.nodeType} is not answered`)
    }
  }

  #leaf(question: Question): AnyLeafNode {
    const node = this.#items.node(question.key)
    if (!isLeaf(node)) throw new TypeError('only a question has an answer')
    return node
  }
}
