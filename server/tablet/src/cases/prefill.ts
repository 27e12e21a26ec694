/** The question of a form that holds the case: the one by which the form itself names the entity that it is about. */
import type { OpenForm } from '../form/open_form'

type Item = Readonly<Record<string, unknown>>

const REFERENCE = /^\s*\$\{\s*([^}\s]+)\s*\}\s*$/u

/**
 * Path of the question that the form's first `entities` entry takes the id from, where that is one question and nothing
 * is computed. Null where there is none, or only inside a repeat.
 */
export function caseQuestion(definition: unknown): string | null {
  if (!isItem(definition) || !Array.isArray(definition['entities'])) return null
  const [first] = (definition['entities'] as unknown[]).filter(isItem)
  const [, name] = REFERENCE.exec(typeof first?.['entity_id'] === 'string' ? first['entity_id'] : '') ?? []
  if (first === undefined || name === undefined) return null
  const root = typeof definition['root_name'] === 'string' ? definition['root_name'] : 'data'
  return pathTo(name, definition, `/${root}`)
}

/** Puts the id of the case into that question: as text, or as the choice of that name. Gives whether it did. */
export function prefill(form: OpenForm, definition: unknown, id: string): boolean {
  const path = caseQuestion(definition)
  const question = path === null ? null : form.questionAt(path)
  if (question === null || question.readonly || question.text !== '') return false
  if (question.kind === 'text') form.setText(question, id)
  else if (question.kind === 'one' && question.choices.some(({ value }) => value === id)) form.setSelected(question, [id])
  return question.text === id
}

function pathTo(name: string, item: Item, path: string): string | null {
  for (const inner of within(item)) {
    const own = `${path}/${String(inner['name'])}`
    if (inner['name'] === name) return own
    const found = inner['type'] === 'repeat' ? null : pathTo(name, inner, own)
    if (found !== null) return found
  }
  return null
}

function within(item: Item): readonly Item[] {
  return Array.isArray(item['questions']) ? (item['questions'] as unknown[]).filter(isItem) : []
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
