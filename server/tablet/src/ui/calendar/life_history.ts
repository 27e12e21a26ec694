/** A life history while it is on the screen: what is told, what is open, and what can be done with it. */
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { Entry, Roster } from '../../form/model'
import { findingsOf, type Finding, type Life } from '../../calendar/findings'
import { yearsOf } from '../../calendar/scale'
import type { Span } from '../../calendar/spell'
import { YEAR } from '../../calendar/time'
import type { Session } from '../interview/session'
import { fieldsOf, shapeOf, type Shape } from './fields'
import { surroundingsOf, type Surroundings } from './surroundings'
import { choose, toldBy, writeSpan, type Told } from './told'

/** Nobody is nowhere: a gap or an overlap in this domain is asked about. */
export const RESIDENCE = 'residence'

/** What was done last, and how to take it back. */
export interface Done {
  readonly what: 'drawn' | 'changed' | 'removed'
  /** The spell; null for an entry that could not stand in the calendar. */
  readonly told: Told | null
  readonly undo: () => void
}

export interface LifeHistory {
  /** Null where the form lacks what a calendar needs. */
  readonly shape: ComputedRef<Shape | null>
  readonly spells: ComputedRef<readonly Told[]>
  /** Entries that cannot stand in the calendar yet. */
  readonly untimed: ComputedRef<readonly Entry[]>
  readonly around: ComputedRef<Surroundings>
  readonly life: ComputedRef<Life>
  readonly years: ComputedRef<{ readonly first: number; readonly end: number }>
  /** What is to be asked about: without what was confirmed, and without what is merely shown. */
  readonly questions: ComputedRef<readonly Finding[]>
  readonly overlaps: ComputedRef<readonly Finding[]>
  readonly done: ShallowRef<Done | null>
  /** Adds a spell. */
  draw(domain: string, span: Span): Told | null
  change(told: Told, span: Span): void
  /** Says in which country a spell was. */
  choose(told: Told, country: string): void
  remove(entry: Entry): void
  /** Adds an entry of which only the domain is known. */
  begin(domain: string | null): Entry
  /** Whether the form has a place for "that is so". */
  canConfirm(finding: Finding): boolean
  confirm(finding: Finding): void
}

export function useLifeHistory(session: Session, roster: Roster, now: Date): LifeHistory {
  const present = now.getFullYear() * YEAR + now.getMonth()
  const probed = shallowRef<Shape | null>(null)
  const done = shallowRef<Done | null>(null)

  /** A repeat without an entry has no questions: one is added for the moment in which it is read. */
  function probe(): void {
    if (roster.entries.length > 0 || !roster.open) return
    const entry = session.form.addEntry(roster)
    const fields = fieldsOf(entry)
    probed.value = fields === null ? null : shapeOf(fields)
    session.form.removeEntry(roster, entry)
  }
  probe()
  watch(() => session.form.language, probe)

  const shape = computed(() => {
    if (!roster.open) return null
    const [first] = roster.entries
    const fields = first === undefined ? null : fieldsOf(first)
    return fields === null ? probed.value : shapeOf(fields)
  })
  // One for each entry, so that an answer in one does not read all the others again.
  const read = new WeakMap<Entry, ComputedRef<Told | null>>()
  function toldIn(entry: Entry): Told | null {
    const known = read.get(entry) ?? computed(() => toldBy(entry))
    read.set(entry, known)
    return known.value
  }
  const spells = computed(() => roster.entries.map(toldIn).filter((told) => told !== null))
  const untimed = computed(() => roster.entries.filter((entry) => toldIn(entry) === null))
  const around = computed(() => surroundingsOf(session.form))
  const life = computed(() => ({ birth: around.value.birth, now: present, continuous: new Set([RESIDENCE]) }))
  const years = computed(() => {
    const told = spells.value.map(({ start }) => start.year)
    const personal = around.value.landmarks.filter(({ kind }) => kind === 'personal').map(({ at }) => at.year)
    return yearsOf(around.value.birth?.year ?? null, [...told, ...personal], now.getFullYear())
  })
  const found = computed(() => findingsOf(spells.value, life.value))
  const overlaps = computed(() => found.value.filter(({ kind }) => kind === 'overlap'))

  function confirmation(finding: Finding) {
    const key = finding.kind === 'gap' ? finding.after : finding.second
    const fields = spells.value.find((told) => told.key === key)?.fields
    return (finding.kind === 'gap' ? fields?.gapConfirmed : fields?.overlapConfirmed) ?? null
  }

  const questions = computed(() =>
    found.value.filter((finding) => {
      if (finding.kind === 'overlap' && !finding.isAsked) return false
      return confirmation(finding)?.answered !== true
    }),
  )

  function begin(domain: string | null): Entry {
    const entry = session.addEntry(roster)
    const fields = fieldsOf(entry)
    if (fields !== null && domain !== null) choose(session, fields.domain, domain)
    return entry
  }

  function draw(domain: string, span: Span): Told | null {
    const entry = begin(domain)
    const fields = fieldsOf(entry)
    if (fields !== null) writeSpan(session, fields, span)
    const told = toldIn(entry)
    if (told !== null) done.value = { what: 'drawn', told, undo: () => session.removeEntry(roster, entry) }
    return told
  }

  function change(told: Told, span: Span): void {
    const before: Span = { start: told.start, end: told.end, isOpen: told.isOpen }
    const confirmed = [told.fields.gapConfirmed, told.fields.overlapConfirmed].filter((each) => each?.answered === true)
    writeSpan(session, told.fields, span)
    const undo = (): void => {
      writeSpan(session, told.fields, before)
      for (const question of confirmed) if (question !== null) session.acknowledge(question, true)
    }
    done.value = { what: 'changed', told: toldIn(told.entry) ?? told, undo }
  }

  function chooseCountry(told: Told, country: string): void {
    const { country: question } = told.fields
    if (question === null) return
    const before = question.selected
    choose(session, question, country)
    done.value = { what: 'changed', told: toldIn(told.entry), undo: () => session.setSelected(question, before) }
  }

  function remove(entry: Entry): void {
    const told = toldIn(entry)
    const removed = session.removeEntry(roster, entry)
    if (removed === null) return
    done.value = { what: 'removed', told, undo: () => void session.restoreEntry(removed) }
  }

  return {
    shape,
    spells,
    untimed,
    around,
    life,
    years,
    questions,
    overlaps,
    done,
    begin,
    draw,
    change,
    choose: chooseCountry,
    remove,
    canConfirm: (finding) => confirmation(finding)?.relevant === true,
    confirm: (finding) => {
      const question = confirmation(finding)
      if (question !== null) session.acknowledge(question, true)
    },
  }
}
