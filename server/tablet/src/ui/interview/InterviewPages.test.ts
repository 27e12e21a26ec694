// @vitest-environment jsdom
import { mount, flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { HOUSEHOLD, engine } from '../../form/testing/engine'
import { interfaceI18n } from '../i18n'
import { TABLET } from '../tablet'
import { wholePage } from '../testing/page'
import { memoryTablet, type MemoryTablet } from '../testing/tablet'
import InterviewPages from './InterviewPages.vue'
import { openSession } from './opening'
import type { Session } from './session'

const shared = engine()
let memory: MemoryTablet
let session: Session
let page: VueWrapper

const at = (name: string, inner = '') => page.find(`[data-name="${name}"] ${inner}`)
const by = (testid: string) => page.find(`[data-testid="${testid}"]`)
const click = async (testid: string): Promise<void> => by(testid).trigger('click')
const choose = async (name: string, value: string): Promise<void> => at(name, `[data-value="${value}"]`).trigger('click')

async function open(form = HOUSEHOLD): Promise<void> {
  memory = memoryTablet(form)
  session = await openSession(memory.tablet, shared, { form }, 'de')
  const plugins = [await interfaceI18n({ getItem: () => 'de' }, [], true)]
  page = mount(InterviewPages, {
    props: { session },
    global: { plugins, provide: { [TABLET as symbol]: memory.tablet } },
    attachTo: document.body,
  }) as VueWrapper
}

beforeEach(async () => {
  vi.stubGlobal('scrollTo', () => undefined)
  // So tall that a page is shown at once.
  vi.stubGlobal('innerHeight', 10_000)
  Element.prototype.scrollIntoView = () => undefined
  HTMLDialogElement.prototype.showModal = () => undefined
  await open()
})

describe('a page', () => {
  it('holds back once for what is missing, and says it at the question in the language of the form', async () => {
    await choose('agree', 'yes')
    await click('interview-next')
    expect(by('page-title').attributes('data-section')).toBe('/data/household')
    expect(by('problem').exists()).toBe(false)
    await click('interview-next')
    expect(by('page-title').attributes('data-section')).toBe('/data/household')
    expect(at('head').text()).toContain('Hier fehlt noch die Antwort.')
    await at('size', 'input').setValue('40')
    expect(at('size').text()).toContain('Bitte eine Zahl von 1 bis 29.')
    await page.find('[data-testid="interview-language"] [data-value="bg"]').trigger('click')
    expect(at('size').text()).toContain('Моля, число от 1 до 29.')
    await click('interview-next')
    expect(by('page-title').attributes('data-section')).toBe('/data/member')
  })

  it('does not take letters for a number, and does not throw them away', async () => {
    await choose('agree', 'yes')
    await click('interview-next')
    await at('size', 'input').setValue('vier')
    expect(at('size').text()).toContain('Bitte eine ganze Zahl')
    expect((at('size', 'input').element as HTMLInputElement).value).toBe('vier')
    await at('area', 'input').setValue('55,5')
    expect((at('area', 'input').element as HTMLInputElement).value).toBe('55,5')
    await session.settled()
    expect(memory.drafts.get('d1')?.instanceXml).toMatch(/<size\/>.*<area>55\.5<\/area>/u)
  })

  it('says so of a question that it cannot show', async () => {
    page.unmount()
    await open({ ...HOUSEHOLD, version: 'v2', xform: HOUSEHOLD.xform.replace('type="geopoint"', 'type="intent"') })
    await choose('agree', 'yes')
    await click('interview-contents')
    await page.find('[data-testid="contents-item"][data-section="/data/photo"]').trigger('click')
    expect(at('place', '[data-testid="unrendered"]').text()).toContain('intent')
  })
})

describe('an interview', () => {
  it('goes through the roster to the end and is sealed only when nothing is missing', async () => {
    await choose('agree', 'yes')
    await click('interview-next')
    await at('head', 'input').setValue('Ana')
    await click('interview-next')
    await click('interview-next')
    await click('repeat-add')
    await at('member_name', 'input').setValue('Boris')
    await click('repeat-done')
    expect(by('repeat-entry').text()).toContain('Boris')
    await click('interview-next')
    await click('finish-open')
    expect(by('finish-submit').attributes('disabled')).toBeDefined()
    await click('finish-problem')
    await at('size', 'input').setValue('4')
    await click('interview-contents')
    await click('contents-finish')
    await click('finish-submit')
    await flushPromises()
    await vi.waitFor(() => expect(page.emitted('leave')).toHaveLength(1))
    expect(memory.log.at(-1)).toBe('finish d1 de ')
  })

  it('lets nobody go with answers that are not kept, unless they say so', async () => {
    memory.failing = 'storage.full'
    await choose('agree', 'yes')
    await session.settled()
    await click('interview-leave')
    await flushPromises()
    expect(by('error').attributes('data-code')).toBe('storage.full')
    expect(page.emitted('leave')).toBeUndefined()
    await click('confirm-yes')
    expect(page.emitted('leave')).toEqual([[null]])
  })
})

describe('no field', () => {
  it('offers the browser to remember, to correct or to send what was typed', async () => {
    await choose('agree', 'yes')
    const fields: Element[] = []
    for (const place of ['/data/consent', '/data/household', '/data/member', '/data/photo']) {
      await click('interview-contents')
      await page.find(`[data-testid="contents-item"][data-section="${place}"]`).trigger('click')
      if (by('repeat-add').exists()) await click('repeat-add')
      await wholePage(page)
      fields.push(...(page.element as Element).querySelectorAll('input, textarea, select'))
    }
    expect(fields.length).toBeGreaterThan(8)
    for (const field of fields) {
      expect(field.getAttribute('autocomplete'), field.outerHTML).toBe('off')
      expect(field.getAttribute('name'), field.outerHTML).toBeNull()
      if (field.matches('[type="text"], textarea')) expect(field.getAttribute('spellcheck')).toBe('false')
    }
    expect(document.querySelector('form')).toBeNull()
  })
})
