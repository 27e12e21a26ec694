/** What stands at a scale. The engine knows its ends; marks and their words are read from the control itself. */
import type { AnyLeafNode, RootNode } from './engine'
import type { RangeBounds, Ticks } from './model'

export type RangeLeaf = Extract<AnyLeafNode, { nodeType: 'range' }>

export function boundsOf(node: AnyLeafNode): RangeBounds | null {
  if (node.nodeType !== 'range') return null
  const { start, end, step } = node.definition.bounds
  return { min: Number(start), max: Number(end), step: Number(step) }
}

function numberAt(control: Element, name: string): number | null {
  const written = [...control.attributes].find(({ localName }) => localName === name)?.value ?? ''
  return written.trim() === '' || Number.isNaN(Number(written)) ? null : Number(written)
}

function childrenOf(parent: Element | undefined, name: string): readonly Element[] {
  return [...(parent?.children ?? [])].filter(({ localName }) => localName === name)
}

/** The word under `itextId` in a language, or the item's own label. */
function wordOf(model: Element, item: Element, language: string): string {
  const own = childrenOf(item, 'label')[0]?.textContent
  const id = childrenOf(item, 'itextId')[0]?.textContent
  if (id === undefined) return own ?? ''
  const translations = childrenOf(childrenOf(model, 'itext')[0], 'translation')
  const translation = translations.find((each) => each.getAttribute('lang') === language) ?? translations[0]
  const text = childrenOf(translation, 'text').find((each) => each.getAttribute('id') === id)
  return childrenOf(text, 'value').find((each) => !each.hasAttribute('form'))?.textContent ?? ''
}

function labelsOf(control: Element, language: string): Ticks['labels'] {
  const [, list = null] = /instance\('([^']+)'\)/u.exec(childrenOf(control, 'itemset')[0]?.getAttribute('nodeset') ?? '') ?? []
  const model = [...control.ownerDocument.getElementsByTagName('*')].find(({ localName }) => localName === 'model')
  if (list === null || model === undefined) return []
  const instance = childrenOf(model, 'instance').find(({ id }) => id === list)
  return childrenOf(childrenOf(instance, 'root')[0], 'item')
    .map((item) => ({ value: Number(childrenOf(item, 'name')[0]?.textContent), text: wordOf(model, item, language) }))
    .filter(({ value, text }) => !Number.isNaN(value) && text !== '')
}

/** Marks of a scale in the form's present language. Followed by Vue as far as the language goes. */
export function ticksOf(node: RangeLeaf, root: RootNode): Ticks {
  const { language } = root.currentState.activeLanguage
  const control = node.definition.bodyElement.element
  return {
    interval: numberAt(control, 'tick-interval'),
    labels: labelsOf(control, language),
    placeholder: numberAt(control, 'placeholder'),
  }
}
