/** What two versions of a form are compared by: their questions by path, without the words that nothing depends on. */
import type { LanguageMap } from '../services'

/** Where the choices of a question come from; the choices themselves where the form holds them. */
export interface Choices {
  /** The file, question or list that they come from, or null where the form holds them. */
  readonly source: string | null
  readonly labels: ReadonlyMap<string, LanguageMap>
}

export interface Asked {
  readonly part: 'question'
  readonly name: string
  /** Names from the outermost group on, such as `household/head`, without the positions of entries. */
  readonly path: string
  /** Path of what it stands in. */
  readonly within: string
  /** Paths of the repeats around it, the outermost first. */
  readonly repeats: readonly string[]
  /** The type by its word in the definition. */
  readonly type: string
  readonly label: LanguageMap
  readonly choices: Choices | null
  readonly bounds: { readonly start: number; readonly end: number; readonly step: number } | null
  readonly isConsent: boolean
  /** Whether it is the reason why another question has no answer. */
  readonly isReason: boolean
  /** Whether it belongs to another question: its reason, or its words for another choice. */
  readonly isBeside: boolean
  readonly appearances: ReadonlySet<string>
  /** All that is read to somebody who answers, by language. */
  readonly told: Readonly<Record<string, readonly string[]>>
}

export interface Holder<Kind extends 'group' | 'repeat'> {
  readonly part: Kind
  readonly name: string
  readonly path: string
  readonly label: LanguageMap
  readonly parts: readonly Part[]
}

export type Part = Asked | Holder<'group'> | Holder<'repeat'>

export interface Outline {
  readonly parts: readonly Part[]
  readonly languages: readonly string[]
  /** Questions by path. */
  readonly questions: ReadonlyMap<string, Asked>
  readonly repeats: ReadonlyMap<string, Holder<'repeat'>>
}

type Item = Readonly<Record<string, unknown>>

const OTHER = 'other'

/** The outline of a form definition; of what is no definition an empty one. */
export function outlineOf(definition: unknown): Outline {
  const form = isItem(definition) ? definition : {}
  const languages = items(form['languages']).flatMap(({ code }) => (typeof code === 'string' ? [code] : []))
  const parts = new Reader(form, languages).parts(form, '')
  const questions = new Map<string, Asked>()
  const repeats = new Map<string, Holder<'repeat'>>()
  const note = (part: Part): void => {
    if (part.part === 'question') return void questions.set(part.path, part)
    if (part.part === 'repeat') repeats.set(part.path, part)
    part.parts.forEach(note)
  }
  parts.forEach(note)
  return { parts, languages, questions, repeats }
}

class Reader {
  constructor(
    private readonly form: Item,
    private readonly languages: readonly string[],
  ) {}

  parts(holder: Item, within: string, repeats: readonly string[] = []): readonly Part[] {
    return items(holder['questions']).flatMap((item) => {
      const name = String(item['name'])
      if (item['type'] !== 'group' && item['type'] !== 'repeat') return this.question(item, name, within, repeats)
      const isRepeat = item['type'] === 'repeat'
      // A flat form leaves its groups out of the instance.
      if (!isRepeat && this.form['flat'] === true) return this.parts(item, within, repeats)
      const path = joined(within, name)
      const around = isRepeat ? [...repeats, path] : repeats
      const holder = { name, path, label: texts(item['label']), parts: this.parts(item, path, around) }
      return [isRepeat ? { part: 'repeat', ...holder } : { part: 'group', ...holder }]
    })
  }

  /** A question, and what the form gives it beside: a reason for no answer, the words for another choice. */
  private question(item: Item, name: string, within: string, repeats: readonly string[]): readonly Asked[] {
    const parameters = isItem(item['parameters']) ? item['parameters'] : {}
    const choices = this.choices(item)
    const asked: Asked = {
      part: 'question',
      name,
      path: joined(within, name),
      within,
      repeats,
      type: String(item['type']),
      label: texts(item['label']),
      choices,
      bounds: item['type'] === 'range' ? boundsOf(parameters) : null,
      isConsent: item['consent'] === true,
      isReason: false,
      isBeside: false,
      appearances: new Set(typeof item['appearance'] === 'string' ? item['appearance'].split(' ') : []),
      told: this.told(item, choices),
    }
    const beside = { ...asked, isBeside: true, isConsent: false, bounds: null, choices: null, told: {} }
    const found = [asked]
    if (item['or_other'] === true) {
      found.push({ ...beside, name: `${name}_other`, path: `${asked.path}_other`, type: 'text' })
    }
    const reasons = this.reasons(item)
    if (reasons !== null) {
      found.push({ ...beside, name: `${name}_missing`, path: `${asked.path}_missing`, type: 'select_one', choices: reasons, isReason: true })
    }
    return found
  }

  private choices(item: Item): Choices | null {
    for (const key of ['choices_file', 'choices_from', 'choices_external']) {
      if (typeof item[key] === 'string') return { source: `${key}:${item[key]}`, labels: new Map() }
    }
    if (typeof item['choices'] !== 'string') return null
    const lists = isItem(this.form['choices']) ? this.form['choices'] : {}
    const labels = new Map(items(lists[item['choices']]).map((choice) => [String(choice['name']), texts(choice['label'])]))
    if (item['or_other'] === true) labels.set(OTHER, {})
    return { source: null, labels }
  }

  private reasons(item: Item): Choices | null {
    const { missing } = this.form
    const kinds = isItem(missing) && isItem(missing['kinds']) ? missing['kinds'] : {}
    const offered = Array.isArray(item['missing']) ? item['missing'].map(String) : item['missing'] === true ? Object.keys(kinds) : []
    if (offered.length === 0) return null
    const label = (name: string): LanguageMap => texts(isItem(kinds[name]) ? kinds[name]['label'] : null)
    return { source: null, labels: new Map(offered.map((name) => [name, label(name)])) }
  }

  private told(item: Item, choices: Choices | null): Asked['told'] {
    const media = isItem(item['media']) ? Object.values(item['media']) : []
    const read = [item['label'], item['hint'], item['guidance'], ...media].map(texts)
    const all = [...read, ...(choices?.labels.values() ?? [])]
    return Object.fromEntries(this.languages.map((language) => [language, all.map((text) => text[language] ?? '')]))
  }
}

function boundsOf(parameters: Item): Asked['bounds'] {
  const number = (key: string, ordinary: number): number => Number(parameters[key] ?? ordinary)
  return { start: number('start', 1), end: number('end', 10), step: number('step', 1) }
}

function joined(within: string, name: string): string {
  return within === '' ? name : `${within}/${name}`
}

/** A text by language; anything else is no text. */
function texts(value: unknown): LanguageMap {
  if (!isItem(value)) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function items(value: unknown): readonly Item[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isItem) : []
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
