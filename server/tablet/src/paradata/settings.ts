/** What a form asks to be written down about how it is filled in: the parameters of its `audit` question. */
import type { Settings as LocationSettings } from './location'

export interface AuditSettings {
  /** Answers before and after each change. */
  readonly trackChanges: boolean
  /** Who filled in. */
  readonly identifyUser: boolean
  /** Whether a reason is asked for where an interview that was finished before is changed. */
  readonly asksReason: boolean
  /** Where and how often the place is noted, or null. */
  readonly location: LocationSettings | null
}

type Item = Readonly<Record<string, unknown>>

/** The settings of a form definition, or null where the form asks for no audit. */
export function auditSettings(definition: unknown): AuditSettings | null {
  const audit = isItem(definition) ? find(definition) : undefined
  if (audit === undefined) return null
  const parameters = isItem(audit['parameters']) ? audit['parameters'] : {}
  return {
    trackChanges: isTrue(parameters['track-changes']),
    identifyUser: isTrue(parameters['identify-user']),
    asksReason: parameters['track-changes-reasons'] === 'on-form-edit',
    location: location(parameters),
  }
}

function find(within: Item): Item | undefined {
  const items = Array.isArray(within['questions']) ? (within['questions'] as unknown[]).filter(isItem) : []
  for (const item of items) {
    const found = item['type'] === 'audit' ? item : find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function location(parameters: Item): LocationSettings | null {
  const priority = parameters['location-priority']
  const every = Number(parameters['location-min-interval'])
  const age = Number(parameters['location-max-age'])
  if (typeof priority !== 'string' || !(every >= 0) || !(age >= every)) return null
  return { isPrecise: priority === 'high-accuracy', everySeconds: every, maxAgeSeconds: age }
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
