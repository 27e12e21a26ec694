// @vitest-environment jsdom
import { mount, flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { REASONS, engine, question } from '../../form/testing/engine'
import { openSession } from '../interview/opening'
import type { Session } from '../interview/session'
import InterviewPages from '../interview/InterviewPages.vue'
import { interfaceI18n } from '../i18n'
import { TABLET } from '../tablet'
import { wholePage } from '../testing/page'
import { memoryTablet, type MemoryTablet } from '../testing/tablet'

const shared = engine()
let memory: MemoryTablet
let session: Session
let page: VueWrapper

const card = (name: string) => page.find(`[data-name="${name}"]`)
const field = (name: string) => card(name).find('input').element
const reason = (name: string, value: string) => card(name).find(`[data-missing="${value}"]`)
const kept = async (): Promise<string> => {
  await session.settled()
  return memory.drafts.get('d1')?.instanceXml ?? ''
}

beforeEach(async () => {
  vi.stubGlobal('scrollTo', () => undefined)
  Element.prototype.scrollIntoView = () => undefined
  HTMLDialogElement.prototype.showModal = () => undefined
  memory = memoryTablet(REASONS)
  session = await openSession(memory.tablet, shared, { form: REASONS }, 'de')
  page = mount(InterviewPages, {
    props: { session },
    global: { plugins: [await interfaceI18n({ getItem: () => 'de' }, [], true)], provide: { [TABLET as symbol]: memory.tablet } },
    attachTo: document.body,
  }) as VueWrapper
  await wholePage(page)
})

describe('the reasons below a question', () => {
  it('take the answer out of its field, are kept, and give way again', async () => {
    await card('age').find('input').setValue('40')
    await reason('age', 'refused').trigger('click')
    expect(field('age').value).toBe('')
    expect(reason('age', 'refused').attributes('aria-pressed')).toBe('true')
    expect(card('age').find('[role="status"]').text()).toBe('Keine Antwort: Möchte nicht antworten')
    expect(card('age').attributes('data-answered')).toBe('true')
    expect(await kept()).toContain('<age/><age_missing>refused</age_missing>')
    await card('age').find('input').setValue('4')
    expect(reason('age', 'refused').attributes('aria-pressed')).toBe('false')
    expect(await kept()).toContain('<age>4</age><age_missing/>')
  })

  it('when pressed again are taken back, and the answer stands again', async () => {
    await card('work').find('[data-value="seeking"]').trigger('click')
    await reason('work', 'refused').trigger('click')
    expect(card('work').find('[data-value="seeking"]').attributes('aria-checked')).toBe('false')
    await reason('work', 'refused').trigger('click')
    expect(card('work').find('[data-value="seeking"]').attributes('aria-checked')).toBe('true')
    expect(await kept()).toContain('<work>seeking</work>')
  })

  it('take letters out of a field for a number, and letters are meant as an answer', async () => {
    await card('age').find('input').setValue('vierzig')
    expect(card('age').find('[data-testid="problem"]').exists()).toBe(true)
    await reason('age', 'dont_know').trigger('click')
    expect(field('age').value).toBe('')
    expect(card('age').find('[data-testid="problem"]').exists()).toBe(false)
    await card('age').find('input').setValue('v')
    expect(field('age').value).toBe('v')
    expect(reason('age', 'dont_know').attributes('aria-pressed')).toBe('false')
    expect(await kept()).toContain('<age/><age_missing/>')
  })

  it('ask before a photo goes', async () => {
    const house = question(session.form, '/data/house')
    await session.attach(house, new Blob(['picture']), '.jpg')
    await session.settled()
    await reason('house', 'refused').trigger('click')
    expect(house.answered).toBe(true)
    await page.find('[data-testid="confirm-no"]').trigger('click')
    expect([house.answered, house.settled]).toEqual([true, true])
    await reason('house', 'refused').trigger('click')
    await page.find('[data-testid="confirm-yes"]').trigger('click')
    await flushPromises()
    await vi.waitFor(() => expect(memory.files.size).toBe(0))
    expect(await kept()).toContain('<house/><house_missing>refused</house_missing>')
  })

  it('change their words with the language of the form', async () => {
    await page.find('[data-testid="interview-language"] [data-value="bg"]').trigger('click')
    expect(card('age').find('[data-testid="missing"]').text()).toContain('Не желае да отговори')
    expect(card('age').find('[data-testid="guidance"] p').text()).toBe('Броят се навършените години.')
  })
})
