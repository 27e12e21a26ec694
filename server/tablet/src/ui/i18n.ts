/** The language of the interface, chosen apart from the language of a form. Only the texts of the chosen one are loaded. */
import { defineAsyncComponent, type Component } from 'vue'
import { createI18n, type Composer } from 'vue-i18n'
import { tellErrorsIn } from './errors'
import type { ErrorTexts } from './errors/de'
import { asFunctions } from './message_functions'
import type { Messages } from './messages/de'

/** Languages of the interface, each named in itself. A new one is its texts, a line here and a line in `TEXTS`. */
export const INTERFACE_LANGUAGES = { de: 'Deutsch', ro: 'Română', bg: 'Български', tr: 'Türkçe', en: 'English' } as const

export type InterfaceLanguage = keyof typeof INTERFACE_LANGUAGES

interface Texts {
  /** What is said outside of an interview. */
  readonly messages: Partial<Messages>
  readonly errors: ErrorTexts
}

/** Each language is a file of its own in the build; the worker keeps them all, so that no switch needs a network. */
export const TEXTS: Readonly<Record<InterfaceLanguage, () => Promise<Texts>>> = {
  de: () => import('./texts/de'),
  ro: () => import('./texts/ro'),
  bg: () => import('./texts/bg'),
  tr: () => import('./texts/tr'),
  en: () => import('./texts/en'),
}

/** All that is said in a language, interviews too: another file, loaded with the first interview. */
export const WHOLE: Readonly<Record<InterfaceLanguage, () => Promise<Messages>>> = {
  de: async () => (await import('./messages/de')).de,
  ro: async () => (await import('./messages/ro')).ro,
  bg: async () => (await import('./messages/bg')).bg,
  tr: async () => (await import('./messages/tr')).tr,
  en: async () => (await import('./messages/en')).en,
}

/** Only the choice of a language is kept here; nothing that a respondent says. */
const CHOICE = 'feldbuch.interface-language'

export function isOffered(tag: string | null): tag is InterfaceLanguage {
  return tag !== null && Object.hasOwn(INTERFACE_LANGUAGES, tag)
}

/** The language chosen before, else the first of the browser's that is offered, else German. */
export function startLanguage(storage: Pick<Storage, 'getItem'>, wanted: readonly string[]): InterfaceLanguage {
  const chosen = storage.getItem(CHOICE)
  if (isOffered(chosen)) return chosen
  const primary = wanted.map((tag) => tag.split('-')[0] ?? '')
  return primary.find(isOffered) ?? 'de'
}

export function keepLanguage(storage: Pick<Storage, 'setItem'>, tag: InterfaceLanguage): void {
  storage.setItem(CHOICE, tag)
}

async function textsIn(tag: InterfaceLanguage, isWhole: boolean): Promise<Messages> {
  const [{ messages, errors }, whole] = await Promise.all([TEXTS[tag](), isWhole ? WHOLE[tag]() : null])
  tellErrorsIn(tag, errors)
  return asFunctions(whole ?? messages) as Messages
}

/** The plug-in for `app.use`, with the texts of its first language; with `isWhole` those of interviews too. */
export async function interfaceI18n(storage: Pick<Storage, 'getItem'>, wanted: readonly string[], isWhole = false) {
  const locale = startLanguage(storage, wanted)
  return createI18n<[Messages], InterfaceLanguage, false>({
    legacy: false,
    locale,
    fallbackLocale: false,
    messages: { [locale]: await textsIn(locale, isWhole) } as Record<InterfaceLanguage, Messages>,
  })
}

type Speaker = Pick<Composer, 'getLocaleMessage' | 'setLocaleMessage' | 'locale'>

const isWhole = (i18n: Speaker): boolean => 'interview' in i18n.getLocaleMessage(i18n.locale.value)

/** Loads the texts of a language and goes over to it. What `useI18n` gives is handed in. */
export async function speak(i18n: Speaker, tag: InterfaceLanguage): Promise<void> {
  i18n.setLocaleMessage(tag, await textsIn(tag, isWhole(i18n)))
  i18n.locale.value = tag
}

/** Loads what is said in interviews, where it is not there yet; a change of language brings it too from then on. */
export async function speakOfInterviews(i18n: Speaker): Promise<void> {
  const tag = i18n.locale.value
  if (!isWhole(i18n) && isOffered(tag)) i18n.setLocaleMessage(tag, await textsIn(tag, true))
}

/** A screen that says more than home does: it comes with all that is said. */
export function withAllSaid<T extends Component>(i18n: Speaker, load: () => Promise<{ readonly default: T }>): T {
  return defineAsyncComponent(async () => (await Promise.all([load(), speakOfInterviews(i18n)]))[0])
}

/** Loads all that is said in a further language, without going over to it: for what a respondent is to read. */
export async function speakAlso(i18n: Speaker, tag: InterfaceLanguage): Promise<void> {
  if (!('interview' in i18n.getLocaleMessage(tag))) i18n.setLocaleMessage(tag, await textsIn(tag, true))
}
