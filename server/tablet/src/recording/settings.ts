/** What a form definition asks of its recordings. */
import { qualityOf, type Quality } from './quality'

type Item = Readonly<Record<string, unknown>>

/** A recording of the whole interview. */
export interface Background {
  readonly name: string
  readonly quality: Quality
}

/** The quality of the question with this name. */
export function qualityIn(definition: unknown, name: string): Quality {
  return qualityOfItem(find(definition, (item) => item['name'] === name && item['type'] === 'audio'))
}

/** The recording of the whole interview, or null where the form has none. */
export function backgroundIn(definition: unknown): Background | null {
  const found = find(definition, (item) => item['type'] === 'background_audio')
  return typeof found?.['name'] === 'string' ? { name: found['name'], quality: qualityOfItem(found) } : null
}

function qualityOfItem(item: Item | undefined): Quality {
  const parameters = item?.['parameters']
  const quality = isItem(parameters) ? parameters['quality'] : null
  return qualityOf(typeof quality === 'string' ? quality : null)
}

function find(within: unknown, isWanted: (item: Item) => boolean): Item | undefined {
  const questions = isItem(within) ? within['questions'] : null
  const items = Array.isArray(questions) ? (questions as unknown[]).filter(isItem) : []
  for (const item of items) {
    const found = isWanted(item) ? item : find(item, isWanted)
    if (found !== undefined) return found
  }
  return undefined
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
