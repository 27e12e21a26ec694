// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { HOUSEHOLD } from '../../form/testing/engine'
import DraftList from '../home/DraftList.vue'
import ConfirmDialog from '../kit/ConfirmDialog.vue'
import { interfaceI18n } from '../i18n'
import { TABLET } from '../tablet'
import { memoryTablet } from '../testing/tablet'
import HomeScreen from './HomeScreen.vue'

it('a draft that is gone on with from elsewhere on home is not thrown away, though it was about to be', async () => {
  const { tablet } = memoryTablet()
  const summary = { id: 'd1', form: HOUSEHOLD, startedAt: '2026-01-01', changedAt: '2026-01-01', progress: { answered: 1, asked: 2 } }
  const discard = vi.spyOn(tablet.drafts, 'discard')
  vi.spyOn(tablet.drafts, 'list').mockResolvedValue([summary])
  Object.assign(tablet, {
    state: () => Promise.resolve('open'),
    subscribe: () => () => undefined,
    sync: { status: () => ({}) },
    outbox: { list: () => Promise.resolve([]) },
    storage: () => Promise.resolve(null),
    returns: { count: () => Promise.resolve(1) },
    cases: { isThere: () => Promise.resolve(true), look: () => Promise.resolve({ cases: [], subjects: new Map() }) },
  })
  const listed = defineComponent({
    props: { drafts: { type: Array, required: true } },
    emits: ['resume'],
    setup: (props, { emit }) => () => h('button', { class: 'other', 'data-count': props.drafts.length, onClick: () => emit('resume', 'd1') }),
  })
  vi.doMock('../cases/CaseList.vue', () => ({ __esModule: true, default: listed }))
  const plugins = [await interfaceI18n({ getItem: () => 'de' }, [], true)]
  const stubs = { DraftList: false, ConfirmDialog: true, HomeHeader: true, SyncCard: true, FormList: true, FinishedList: true, SentBack: true }
  const screen = mount(HomeScreen, { global: { plugins, stubs, provide: { [TABLET as symbol]: tablet } } })
  await vi.waitFor(() => expect(screen.find('.other').attributes('data-count')).toBe('1'), { timeout: 4_000 })
  await screen.find('[data-testid="draft-discard"]').trigger('click')
  screen.findComponent(ConfirmDialog).vm.$emit('yes')
  await flushPromises()
  expect(screen.findComponent(DraftList).find('[data-testid="undo-bar"]').exists()).toBe(true)
  expect(screen.find('.other').attributes('data-count')).toBe('0')
  await screen.find('.other').trigger('click')
  expect(screen.emitted('resume')).toEqual([['d1']])
  screen.unmount()
  expect(discard).not.toHaveBeenCalled()
})
