// @vitest-environment jsdom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { computed } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { OpenForm } from '../../form/open_form'
import type { LoadedForm } from '../../services'
import { HOUSEHOLD, engine, question } from '../../form/testing/engine'
import { isCardCode } from '../../envelope/card'
import { interfaceI18n } from '../i18n'
import { openSession } from '../interview/opening'
import InterviewScreen from '../screens/InterviewScreen.vue'
import { TABLET, ENGINE } from '../tablet'
import { memoryTablet, type MemoryTablet } from '../testing/tablet'

const agree = { type: 'select_one', name: 'agree', consent: true, required: true }
const FORM: LoadedForm = { ...HOUSEHOLD, definition: { questions: [{ type: 'group', name: 'consent', questions: [agree] }] } }
const shared = engine()
let memory: MemoryTablet
let page: VueWrapper

const by = (testid: string) => page.find(`[data-testid="${testid}"]`)
const choose = async (value: string): Promise<void> => page.find(`[data-name="agree"] [data-value="${value}"]`).trigger('click')
const screen = (): string | undefined => page.find('[data-screen]').attributes('data-screen')

async function show(task: { readonly form: LoadedForm } | { readonly draft: string }): Promise<void> {
  const i18n = await interfaceI18n({ getItem: () => 'de' }, [])
  page = mount(InterviewScreen, {
    props: { task },
    global: {
      plugins: [i18n],
      provide: { [TABLET as symbol]: memory.tablet, [ENGINE as symbol]: { engine: shared } },
    },
    attachTo: document.body,
  }) as VueWrapper
  await vi.waitFor(() => expect(screen()).not.toBe('opening'), 30_000)
}

beforeEach(() => {
  vi.stubGlobal('scrollTo', () => undefined)
  // So tall that a page is shown at once.
  vi.stubGlobal('innerHeight', 10_000)
  Element.prototype.scrollIntoView = () => undefined
  HTMLDialogElement.prototype.showModal = () => undefined
  memory = memoryTablet(FORM)
})

describe('consent', () => {
  it('is asked first and alone, in the language of the respondent, and nothing goes on without an answer', async () => {
    await show({ form: FORM })
    expect(screen()).toBe('consent')
    await page.find('[data-testid="consent-languages"] [data-value="bg"]').trigger('click')
    expect(page.text()).toContain('Съгласни ли сте')
    expect(page.find('[data-name="informed"]').exists()).toBe(false)
    await by('interview-next').trigger('click')
    expect(screen()).toBe('consent')
    expect(by('page-problems').exists()).toBe(true)
    await choose('yes')
    await by('interview-next').trigger('click')
    expect(screen()).toBe('interview')
    // Something else stands on that page, so it comes once more.
    expect(by('page-title').attributes('data-section')).toBe('/data/consent')
    expect(page.find('[data-name="agree"][data-kind]').attributes('data-answered')).toBe('true')
  })

  it('is not asked again of a draft in which it was given', async () => {
    const session = await openSession(memory.tablet, engine(), { form: FORM }, 'de')
    session.setSelected(question(session.form, '/data/consent/agree'), ['yes'])
    await session.settled()
    await show({ draft: 'd1' })
    expect(screen()).toBe('interview')
  })
})

describe('the question of consent', () => {
  const marked = (name: string): LoadedForm => {
    const questions = [{ type: 'group', name: 'household', questions: [{ ...agree, name }] }]
    return { ...HOUSEHOLD, definition: { questions } }
  }

  it('is there while it is asked, and is followed', async () => {
    memory = memoryTablet(marked('remarks'))
    const session = await openSession(memory.tablet, engine(), { form: marked('remarks') }, 'de')
    const asked = computed(() => session.consentQuestion?.reference ?? null)
    const seen = (answer: string): string | null => {
      session.setSelected(question(session.form, '/data/consent/agree'), [answer])
      return asked.value
    }
    expect([asked.value, seen('yes'), seen('no'), seen('yes')]).toEqual([null, '/data/household/remarks', null, '/data/household/remarks'])
  })

  it('is not looked for in the whole form with every save', async () => {
    const session = await openSession(memory.tablet, engine(), { form: FORM }, 'de')
    const sections = vi.spyOn(OpenForm.prototype, 'sections', 'get')
    session.setSelected(question(session.form, '/data/consent/agree'), ['yes'])
    sections.mockClear()
    await session.settled()
    expect([session.isAllowed, sections.mock.calls.length]).toEqual([true, 0])
  })
})

describe('a copy of a draft', () => {
  const leaves = async (): Promise<boolean | undefined> => (await memory.tablet.drafts.load('d1')).content.mayLeave

  it('may leave the tablet after a yes and at no other time', async () => {
    const session = await openSession(memory.tablet, engine(), { form: FORM }, 'de')
    const say = async (...values: string[]): Promise<boolean | undefined> => {
      session.setSelected(question(session.form, '/data/consent/agree'), values)
      await session.settled()
      return leaves()
    }
    expect([await say(), await say('yes'), await say('no')]).toEqual([false, true, false])
  })

  it('stays while the question of consent is not asked yet', async () => {
    const later = { type: 'group', name: 'consent', questions: [{ ...agree, name: 'later' }] }
    const form: LoadedForm = { ...HOUSEHOLD, definition: { questions: [later] } }
    memory = memoryTablet(form)
    const session = await openSession(memory.tablet, engine(), { form }, 'de')
    session.setSelected(question(session.form, '/data/consent/agree'), ['yes'])
    await session.settled()
    expect(session.consentQuestion).toBeNull()
    expect(await leaves()).toBe(false)
  })
})

describe('a refusal', () => {
  it('ends the interview at any moment, and what was said before is not recorded', async () => {
    const session = await openSession(memory.tablet, engine(), { form: FORM }, 'de')
    session.setSelected(question(session.form, '/data/consent/agree'), ['yes'])
    session.setText(question(session.form, '/data/household/head'), 'Ana')
    session.setText(question(session.form, '/data/photo/notes'), 'does not want')
    session.makeCard()
    session.setSelected(question(session.form, '/data/consent/agree'), ['no'])
    await session.settled()
    await show({ draft: 'd1' })
    expect(screen()).toBe('refusal')
    await by('refusal-submit').trigger('click')
    await flushPromises()
    const [[done] = []] = page.emitted<[{ ending: string; card: string | null; finished: { instance: string } }]>('leave') ?? []
    expect(done).toMatchObject({ ending: 'refused', card: null })
    const xml = done?.finished.instance ?? ''
    expect(xml.replace(/<(\w+:)?meta.*<\/(\w+:)?meta>/u, '')).toMatch(
      /^<data [^>]*><consent><agree>no<\/agree><\/consent><\/data>$/u,
    )
    expect(memory.ending).toEqual({ outcome: { kind: 'refused', reason: null } })
    expect(memory.log.at(-1)).toBe('finish d1 de ')
  })

  it('that was a slip is taken back', async () => {
    await show({ form: FORM })
    await choose('no')
    expect(screen()).toBe('refusal')
    expect(by('refusal-thanks').text()).toContain('Vielen Dank')
    await by('refusal-back').trigger('click')
    expect(screen()).toBe('consent')
    expect(page.find('[data-name="agree"][data-kind]').attributes('data-answered')).toBe('false')
  })
})

describe('an interview', () => {
  it('that was broken off is kept with what there is, the reason, and a code for the respondent', async () => {
    await show({ form: FORM })
    await choose('yes')
    await by('interview-next').trigger('click')
    await by('interview-contents').trigger('click')
    await by('contents-break-off').trigger('click')
    expect(by('break-off-submit').attributes('disabled')).toBeDefined()
    await page.find('[data-testid="break-off-dialog"] [data-value="tired"]').trigger('click')
    await by('break-off-submit').trigger('click')
    await vi.waitFor(() => expect(page.emitted('leave')).toHaveLength(1))
    expect(memory.ending?.outcome).toEqual({ kind: 'partial', reason: 'tired' })
    expect(isCardCode(memory.ending?.card ?? '')).toBe(true)
  })

  it('shows the card at any time, always with the same code, and a draft keeps it', async () => {
    const session = await openSession(memory.tablet, engine(), { form: FORM }, 'de')
    session.setSelected(question(session.form, '/data/consent/agree'), ['yes'])
    const code = session.makeCard()
    expect(session.makeCard()).toBe(code)
    await session.settled()
    const again = await openSession(memory.tablet, engine(), { draft: 'd1' }, 'de')
    expect(again.card).toBe(code)
    await again.finish()
    expect(memory.ending).toEqual({ card: code })
  })

  it('without a question of consent has no card', async () => {
    memory = memoryTablet(HOUSEHOLD)
    const session = await openSession(memory.tablet, engine(), { form: HOUSEHOLD }, 'de')
    expect(session.makeCard()).toBeNull()
  })
})
