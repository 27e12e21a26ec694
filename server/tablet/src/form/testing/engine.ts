/** The real engine, for tests that run in Node. */
import { vi } from 'vitest'
import household from './household.xml?raw'
import reasons from './reasons.xml?raw'
import repeats from './repeats.xml?raw'
import { FormEngine, type EngineLoader, type Metadata } from '../engine'
import type { FormItem, Question, Roster } from '../model'
import type { OpenForm } from '../open_form'
import { questionsIn } from '../sections'
import type { LoadedForm } from '../../services'

// The first test of a file pays for the engine, on a busy machine several seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

export const METADATA: Metadata = { device: 'tablet-7', interviewer: 'int-3' }

/**
 * The engine's parser asks `process.versions` where it runs and then expects a CommonJS module. While it is loaded it
 * is told that this is a browser, which is what it will meet.
 */
export const asInBrowser: EngineLoader = async () => {
  const versions = process.versions
  Object.defineProperty(process, 'versions', { value: { ...versions, node: undefined }, configurable: true })
  try {
    return await import('@getodk/xforms-engine')
  } finally {
    Object.defineProperty(process, 'versions', { value: versions, configurable: true })
  }
}

/** Four sections in German and Bulgarian: skips, constraints, a repeat in a repeat, a cascade, two attachments. */
export const HOUSEHOLD: LoadedForm = {
  id: 'household',
  version: 'v1',
  title: { de: 'Haushalt', bg: 'Домакинство' },
  languages: ['de', 'bg'],
  definition: null,
  xform: household,
}

/** `reasons.json`, compiled: reasons for no answer at every kind of question, guidance, a counted repeat, a list in a file. */
export const REASONS: LoadedForm = {
  id: 'reasons',
  version: 'r1',
  title: { de: 'Gründe', bg: 'Причини' },
  languages: ['de', 'bg'],
  definition: null,
  xform: reasons,
}

/** `repeats.json`, compiled: question by question, with repeats that are counted, added and within each other. */
export const REPEATS: LoadedForm = {
  id: 'repeats',
  version: 'p1',
  title: { de: 'Wiederholungen' },
  languages: ['de'],
  definition: null,
  xform: repeats,
}

export function engine(): FormEngine {
  return new FormEngine(asInBrowser)
}

export function question(form: OpenForm, reference: string): Question {
  const found = everything(form).find((item) => item.reference === reference)
  if (found === undefined || found.item !== 'question') throw new Error(`no question ${reference}`)
  return found
}

export function roster(form: OpenForm, reference: string): Roster {
  const found = everything(form).find((item) => item.reference === reference)
  if (found === undefined || found.item !== 'roster') throw new Error(`no repeat ${reference}`)
  return found
}

/** Every item that is shown. */
export function everything(form: OpenForm): readonly FormItem[] {
  const all = (items: readonly FormItem[]): FormItem[] =>
    items.flatMap((item) => {
      if (!item.relevant) return []
      if (item.item === 'question') return [item]
      return [item, ...(item.item === 'group' ? all(item.children) : item.entries.flatMap((e) => all(e.children)))]
    })
  return form.sections.flatMap((section) => all(section.items))
}

export function answers(form: OpenForm): Record<string, string> {
  const shown = form.sections.flatMap((section) => questionsIn(section.items))
  return Object.fromEntries(shown.filter((each) => each.answered).map((each) => [each.reference, each.text]))
}
