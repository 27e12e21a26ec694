/** What a form definition asks of its recordings. */
import { qualityOf, type Quality } from './quality'

type Item = Readonly<Record<string, unknown>>

/** The quality of the question with this name. */
export function qualityIn(definition: unknown, name: string): Quality {
  const found = isItem(definition) ? find(definition, name) : undefined
  const parameters = found?.['parameters']
  const quality = isItem(parameters) ? parameters['quality'] : null
  return qualityOf(typeof quality === 'string' ? quality : null)
}

function find(within: Item, name: string): Item | undefined {
  const items = Array.isArray(within['questions']) ? (within['questions'] as unknown[]).filter(isItem) : []
  for (const item of items) {
    const found = item['name'] === name && item['type'] === 'audio' ? item : find(item, name)
    if (found !== undefined) return found
  }
  return undefined
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
