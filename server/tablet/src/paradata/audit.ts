/** The audit file, as ODK defines it, from the entries of a journal. */
import type { Entry } from './journal'
import type { Place } from './location'
import type { AuditSettings } from './settings'

export const AUDIT_FILE = 'audit.csv'

/** A row: times in milliseconds since 1970, `end` null for what happens at one moment. */
interface AuditEvent {
  readonly event: string
  readonly node: string
  readonly start: number
  readonly end: number | null
  readonly old?: string | undefined
  readonly new?: string | undefined
  readonly reason?: string
}

interface Change {
  readonly old: string
  new: string
}

/** A page while it is shown: the questions seen on it, and what changed. */
interface OpenPage {
  readonly start: number
  readonly group: string | null
  readonly isEnd: boolean
  readonly questions: Set<string>
  readonly changes: Map<string, Change>
}

/** The file: a line of names, then a line for each event in the order in which they began. */
export function auditCsv(entries: readonly Entry[], settings: AuditSettings, user: string): string {
  const places = entries.filter((entry) => entry.kind === 'place')
  const rows = eventsOf(entries).map((event) => [
    event.event,
    event.node,
    String(event.start),
    event.end === null ? '' : String(event.end),
    ...(settings.location === null ? [] : placeAt(places, event.start, settings.location.maxAgeSeconds * 1000)),
    ...(settings.trackChanges ? [event.old ?? '', event.new ?? ''] : []),
    ...(settings.identifyUser ? [user] : []),
    ...(settings.asksReason ? [event.reason ?? ''] : []),
  ])
  const names = [
    'event,node,start,end',
    ...(settings.location === null ? [] : ['latitude,longitude,accuracy']),
    ...(settings.trackChanges ? ['old-value,new-value'] : []),
    ...(settings.identifyUser ? ['user'] : []),
    ...(settings.asksReason ? ['change-reason'] : []),
  ]
  return [names.join(), ...rows.map((row) => row.map(cell).join())].map((line) => `${line}\n`).join('')
}

function eventsOf(entries: readonly Entry[]): readonly AuditEvent[] {
  const events: AuditEvent[] = []
  let page: OpenPage | null = null
  let last = 0
  const close = (end: number): void => {
    if (page !== null) events.push(...eventsOfPage(page, end))
    page = null
  }
  const open = (start: number, group: string | null, questions: readonly string[], isEnd: boolean): void => {
    close(start)
    page = { start, group, isEnd, questions: new Set(questions), changes: new Map() }
  }
  for (const entry of entries) {
    switch (entry.kind) {
      case 'event':
        // Whoever comes back was gone before: what was open then ended with the last that is known.
        if (entry.event === 'form resume') close(last)
        events.push({ event: entry.event, node: entry.node, start: entry.at, end: null })
        break
      case 'page':
        open(entry.at, entry.group, entry.questions, false)
        break
      case 'end screen':
        open(entry.at, null, [], true)
        break
      case 'left':
        close(entry.at)
        break
      case 'answer':
        note(page, entry)
        break
      case 'reason':
        events.push({ event: 'change reason', node: '', start: entry.at, end: null, reason: entry.text })
        break
      case 'moved':
        close(last)
        events.push({ event: 'form version', node: '', start: entry.at, end: null, old: entry.from, new: entry.to })
        break
      case 'place':
        break
    }
    last = entry.at
  }
  close(last)
  return events.sort((one, other) => one.start - other.start)
}

function note(page: OpenPage | null, { node, ...values }: { readonly node: string; old?: string; new?: string }): void {
  if (page === null) return
  page.questions.add(node)
  const { old, new: now } = values
  if (old === undefined || now === undefined) return
  const known = page.changes.get(node)
  if (known === undefined) page.changes.set(node, { old, new: now })
  else known.new = now
}

function eventsOfPage({ start, group, isEnd, questions, changes }: OpenPage, end: number): AuditEvent[] {
  const shown = group === null ? [] : [{ event: 'group questions', node: group, start, end }]
  if (isEnd) return [{ event: 'end screen', node: '', start, end }]
  return [
    ...shown,
    ...[...questions].map((node) => {
      const change = changes.get(node)
      const changed = change !== undefined && change.old !== change.new ? change : undefined
      return { event: 'question', node, start, end, old: changed?.old, new: changed?.new }
    }),
  ]
}

function placeAt(places: readonly (Place & { readonly at: number })[], at: number, maxAge: number): readonly string[] {
  const found = places.filter((place) => place.at <= at && at - place.at <= maxAge).at(-1)
  return found === undefined ? ['', '', ''] : [found.latitude, found.longitude, found.accuracy].map(String)
}

function cell(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
