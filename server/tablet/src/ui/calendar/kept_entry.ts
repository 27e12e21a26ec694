/** All that was answered in an entry, so that one which was removed can be brought back. */
import type { Entry, FormItem, Question } from '../../form/model'
import { isAttached } from '../../form/sections'
import type { Session } from '../interview/session'

type Kept =
  | { readonly name: string; readonly text: string; readonly selected: readonly string[]; readonly reason: string | null }
  | { readonly name: string; readonly inner: readonly Kept[] }
  | { readonly name: string; readonly entries: readonly (readonly Kept[])[] }

export type KeptEntry = readonly Kept[]

export function keepEntry(entry: Entry): KeptEntry {
  return keep(entry.children)
}

function keep(items: readonly FormItem[]): readonly Kept[] {
  return items.map((item): Kept => {
    if (item.item === 'group') return { name: item.name, inner: keep(item.children) }
    if (item.item === 'roster') return { name: item.name, entries: item.entries.map(({ children }) => keep(children)) }
    return { name: item.name, text: item.text, selected: item.selected, reason: item.missing?.chosen ?? null }
  })
}

/** Answers an entry that was just added as one was before; in the order of the form, since one answer asks for another. */
export function answerAgain(session: Session, entry: Entry, kept: KeptEntry): void {
  answer(session, entry.children, kept)
}

function answer(session: Session, items: readonly FormItem[], kept: KeptEntry): void {
  for (const each of kept) {
    const item = items.find(({ name }) => name === each.name)
    if (item === undefined) continue
    if (item.item === 'group' && 'inner' in each) answer(session, item.children, each.inner)
    else if (item.item === 'roster' && 'entries' in each && item.open) {
      for (const inner of each.entries) answer(session, session.addEntry(item).children, inner)
    } else if (item.item === 'question' && 'text' in each && !item.readonly) give(session, item, each)
  }
}

function give(session: Session, question: Question, kept: Extract<Kept, { text: string }>): void {
  if (kept.reason !== null) void session.setMissing(question, kept.reason)
  if (kept.text === '') return
  if (isChosen(question)) return session.setSelected(question, kept.selected)
  if (question.kind === 'acknowledge') return session.acknowledge(question, true)
  if (question.kind === 'note' || question.kind === 'unrendered') return
  // The file is still with the draft: removing an entry leaves it there.
  if (isAttached(question)) session.form.attach(question, kept.text)
  else session.form.setText(question, kept.text)
  session.changed()
}

function isChosen({ kind }: Question): boolean {
  return kind === 'one' || kind === 'many' || kind === 'rank'
}
