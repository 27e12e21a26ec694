// @vitest-environment jsdom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import type { CaseReference, DraftSummary, FormVersion, OwnCase } from '../../services'
import { interfaceI18n } from '../i18n'
import CaseList from './CaseList.vue'

const FORM: FormVersion = { id: 'visit', version: 'v1', title: { de: 'Besuch', bg: 'Посещение' }, languages: ['de'] }
const NOW = new Date(2026, 10, 23, 12)

afterEach(() => {
  vi.useRealTimers()
})

function aCase(id: string, about: Partial<OwnCase> = {}): OwnCase {
  return { id, label: `Haus ${id}`, due: null, forms: [FORM], lacking: [], note: null, properties: {}, done: 0, ...about }
}

async function show(cases: readonly OwnCase[] | null, more: object = {}, language = 'de'): Promise<VueWrapper> {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  const plugins = [await interfaceI18n({ getItem: () => language }, [], true)]
  const subjects: ReadonlyMap<string, CaseReference> = new Map()
  return mount(CaseList, { props: { cases, drafts: [], subjects, isTraining: false, ...more }, global: { plugins } })
}

const due = (list: VueWrapper, id: string): string => list.find(`[data-testid="case-${id}"] [data-testid="case-due"]`).text()

it('says in words what is overdue, what is due today and what later', async () => {
  const cases = [aCase('1', { due: '2026-11-22' }), aCase('2', { due: '2026-11-23' }), aCase('3', { due: '2026-11-24' }), aCase('4', { due: '2027-01-02' })]
  const list = await show(cases)
  expect(list.find('[data-testid="case-count"]').text()).toBe('4 Fälle, 1 überfällig')
  expect(due(list, '1')).toBe('Überfällig: Frist war der 22. November')
  expect(due(list, '2')).toBe('Heute fällig')
  expect(due(list, '3')).toBe('Fällig bis 24. November')
  expect(due(list, '4')).toBe('Fällig bis 2. Januar 2027')
  expect((await show([aCase('5')])).find('[data-testid="case-due"]').exists()).toBe(false)
  expect(due(await show(cases, {}, 'bg'), '1')).toBe('Просрочено: срокът беше 22 ноември')
})

it('begins a form for the case, and goes on with what was begun for it', async () => {
  const drafts = [{ id: 'd1', form: FORM, startedAt: '', changedAt: '', progress: { answered: 0, asked: 1 } } as DraftSummary]
  const subjects = new Map([['d1', { id: '2', label: 'Haus 2' }]])
  const list = await show([aCase('1', { note: 'Abends', done: 2 }), aCase('2')], { drafts, subjects })
  const [first, second] = list.findAll('[data-testid="case-begin-visit"]')
  expect([first?.text(), second?.text()]).toEqual(['Beginnen: Besuch', 'Weiter: Besuch'])
  expect(list.find('[data-testid="case-1"]').text()).toContain('2 Interviews hier abgeschlossen')
  expect(list.find('[data-testid="case-note"]').text()).toBe('Abends')
  await first?.trigger('click')
  await second?.trigger('click')
  expect(list.emitted('begin')).toEqual([[FORM, { id: '1', label: 'Haus 1' }]])
  expect(list.emitted('resume')).toEqual([['d1']])
})

it('in training neither goes on with what is real nor hides what it is', async () => {
  const drafts = [{ id: 'd1', form: FORM, startedAt: '', changedAt: '', progress: { answered: 0, asked: 1 } } as DraftSummary]
  const list = await show([aCase('1')], { drafts, subjects: new Map([['d1', { id: '1', label: 'Haus 1' }]]), isTraining: true })
  expect(list.find('[data-testid="case-begin-visit"]').text()).toBe('Übung beginnen: Besuch')
})

it('shows the first of many, more on request, and finds by label, id and note without marks and capitals', async () => {
  const cases = Array.from({ length: 12 }, (_, at) => aCase(`hh-${at + 1}`, { label: `Haus ${at + 1}`, note: at === 11 ? 'Straße nach Brăila' : null }))
  const list = await show(cases)
  const shown = (): number => list.findAll('article').length
  expect(shown()).toBe(4)
  expect(list.find('[data-testid="case-more"]').text()).toBe('8 weitere Fälle zeigen')
  await list.find('[data-testid="case-more"]').trigger('click')
  expect(shown()).toBe(12)
  expect(list.find('[data-testid="case-more"]').exists()).toBe(false)
  const search = list.find('[data-testid="case-search"]')
  await search.setValue('BRAILA strasse')
  expect(list.findAll('article').map((each) => each.attributes('data-testid'))).toEqual(['case-hh-12'])
  await search.setValue('hh-3')
  expect(shown()).toBe(1)
  await search.setValue('nirgends')
  expect(list.find('[data-testid="case-none-found"]').text()).toBe('Kein Fall passt zu „nirgends“.')
})

it('with ten there is nothing to search', async () => {
  const list = await show(Array.from({ length: 10 }, (_, at) => aCase(String(at))))
  expect(list.find('[data-testid="case-search"]').exists()).toBe(false)
  expect(list.find('[data-testid="case-more"]').text()).toBe('6 weitere Fälle zeigen')
})

it('says that nothing is assigned, or why the list does not open', async () => {
  expect((await show([])).find('[data-testid="no-cases"]').exists()).toBe(true)
  const list = await show(null)
  expect(list.find('[data-testid="no-cases"]').exists()).toBe(false)
  expect(list.find('[role="alert"]').text()).toContain('cases.unreadable')
})
