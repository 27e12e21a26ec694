/**
 * The question on which everything else rests: the first one that a form marks as consent.
 *
 * Which question that is says the form's definition; an XForm has no word for it. What is recorded when the answer is
 * no holds that answer and nothing else.
 */

export interface Consent {
  /** Reference of the question that allows the interview, such as `/data/opening/consent`. */
  readonly reference: string
  /** Names of all questions that are marked as consent. */
  readonly names: ReadonlySet<string>
}

/** The answer that allows what follows. */
export const YES = 'yes'

type Item = Readonly<Record<string, unknown>>

interface Marked {
  readonly path: string
  readonly isRequired: boolean
  /** Whether it stands on the first page that asks anything. */
  readonly isFirst: boolean
}

/**
 * The consent to the interview itself: the first question marked as consent that has to be answered or that stands on the
 * form's first page. A later consent that may be left open, such as to a photo, stops no interview. Null where there is
 * none, or only inside a repeat.
 */
export function consentOf(definition: unknown): Consent | null {
  if (!isItem(definition)) return null
  const marked: Marked[] = []
  const pages = within(definition).filter(({ type }) => type === 'group' || type === 'repeat')
  for (const item of within(definition)) collect(item, `/${rootOf(definition)}`, pages.indexOf(item) < 1, marked)
  const asked = marked.find(({ isRequired, isFirst }) => isRequired || isFirst)
  if (asked === undefined) return null
  return { reference: asked.path, names: new Set(marked.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))) }
}

function collect(item: Item, parent: string, isFirst: boolean, marked: Marked[]): void {
  const path = `${parent}/${String(item['name'])}`
  if (item['consent'] === true) marked.push({ path, isRequired: item['required'] === true, isFirst })
  else if (item['type'] !== 'repeat') for (const inner of within(item)) collect(inner, path, isFirst, marked)
}

function within(item: Item): readonly Item[] {
  return Array.isArray(item['questions']) ? (item['questions'] as unknown[]).filter(isItem) : []
}

function rootOf(definition: Item): string {
  return typeof definition['root_name'] === 'string' ? definition['root_name'] : 'data'
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What the meta block of a refusal keeps: by which name it is known, and what it replaces. */
const META = new Set(['instanceID', 'deprecatedID'])

/**
 * The instance with the answer to the question of consent and no other, not even those that the form gave by itself.
 * Raises `SyntaxError` for what is no XML.
 */
export function onlyRefusal(instanceXml: string, reference: string): string {
  const document = new DOMParser().parseFromString(instanceXml, 'text/xml')
  if (document.getElementsByTagName('parsererror').length > 0) throw new SyntaxError('the instance is not XML')
  keep(document.documentElement, reference.split('/').slice(2))
  return new XMLSerializer().serializeToString(document)
}

/** Removes all but the element that the path leads to, and the meta block at the top. */
function keep(element: Element, path: readonly string[], isTop = true): void {
  const [name, ...rest] = path
  for (const node of [...element.childNodes]) {
    const child = [...element.children].find((each) => each === node)
    if (child !== undefined && isTop && child.localName === 'meta') keepMeta(child)
    else if (child !== undefined && name !== undefined && child.localName === name) keep(child, rest, false)
    // Below the answer itself stands its text.
    else if (name !== undefined) node.remove()
  }
}

function keepMeta(meta: Element): void {
  for (const node of [...meta.childNodes]) {
    const child = [...meta.children].find((each) => each === node)
    if (child === undefined || !META.has(child.localName)) node.remove()
  }
}
