/** How an entry of a repeat is called: by the form's word for it, its number, and what was entered first. */
import type { Entry } from '../../form/model'
import { questionsIn } from '../../form/sections'
import { spoken } from './spoken'

/** The form's label for the entry, and its number from 1. */
export function entryTitle(entry: Entry): { readonly text: string; readonly number: number } {
  const number = Number(/\[(\d+)\]$/u.exec(entry.reference)?.[1] ?? 1)
  return { text: entry.label?.plain ?? '', number }
}

const SPOKEN = new Set(['text', 'integer', 'decimal', 'date', 'one', 'many'])

/** The first few answers of an entry, to tell it from the others. Shown on the screen only. */
export function entrySummary(entry: Entry, language: string, most = 3): readonly string[] {
  return questionsIn(entry.children)
    .filter(({ kind, answered, appearances }) => SPOKEN.has(kind) && answered && !appearances.has('masked'))
    .slice(0, most)
    .map((question) => spoken(question, language))
}
