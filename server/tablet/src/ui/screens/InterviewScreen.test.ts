// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { shallowReactive } from 'vue'
import { engine, HOUSEHOLD } from '../../form/testing/engine'
import FormList from '../home/FormList.vue'
import { interfaceI18n } from '../i18n'
import { openSession } from '../interview/opening'
import { ENGINE, TABLET, type EngineKeeper } from '../tablet'
import { memoryTablet } from '../testing/tablet'
import InterviewScreen from './InterviewScreen.vue'

it('a form that the engine cannot load is named with its reason, there and at home, and the others are not', async () => {
  const broken = { ...HOUSEHOLD, version: 'v2', title: { de: 'Kaputt' }, xform: HOUSEHOLD.xform.replaceAll('</h:head>', '') }
  const { tablet } = memoryTablet(broken)
  const keeper: EngineKeeper = { engine: engine(), unreadable: shallowReactive(new Map()) }
  const plugins = [await interfaceI18n({ getItem: () => 'de' }, [], true)]
  const provide = { [TABLET as symbol]: tablet, [ENGINE as symbol]: keeper }
  const screen = mount(InterviewScreen, { props: { task: { form: broken } }, global: { plugins, provide } })
  await vi.waitFor(() => expect(screen.find('[data-testid="error"]').exists()).toBe(true), { timeout: 30_000 })
  expect(screen.find('h1').text()).toBe('Kaputt')
  const notice = screen.find('[data-testid="error"]')
  expect(notice.attributes('data-code')).toBe('form.unreadable')
  // The engine's own reason is told, not only that there is one.
  expect(notice.text().split('Grund:')[1]?.trim()).not.toBe('')
  expect(notice.text()).not.toContain('{reason}')

  const home = mount(FormList, { props: { forms: [broken, HOUSEHOLD], isTraining: false }, global: { plugins, provide } })
  await flushPromises()
  const [first, second] = home.findAll('article')
  expect(first?.text()).toContain('Kaputt')
  expect(first?.find('[data-code="form.unreadable"]').exists()).toBe(true)
  expect(second?.find('[data-testid="error"]').exists()).toBe(false)
  expect(second?.find('button').exists()).toBe(true)
})

it('the way back waits for what is on its way into the draft', async () => {
  const memory = memoryTablet()
  const keeper: EngineKeeper = { engine: engine(), unreadable: shallowReactive(new Map()) }
  const session = await openSession(memory.tablet, engine(), { form: HOUSEHOLD }, 'de')
  const plugins = [await interfaceI18n({ getItem: () => 'de' }, [], true)]
  const provide = { [TABLET as symbol]: memory.tablet, [ENGINE as symbol]: keeper }
  const screen = mount(InterviewScreen, { props: { task: { session } }, global: { plugins, provide } })
  await vi.waitFor(() => expect(screen.emitted('opened')).toBeDefined(), { timeout: 30_000 })
  let made = (): void => undefined
  void session.during(() => new Promise((resolve) => (made = resolve)))
  dispatchEvent(new PopStateEvent('popstate'))
  await flushPromises()
  expect(screen.emitted('leave')).toBeUndefined()
  made()
  await vi.waitFor(() => expect(screen.emitted('leave')).toEqual([[null]]))
})
