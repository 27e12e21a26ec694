/** The language of the interface, chosen apart from the language of a form. Only the texts of the chosen one are loaded. */
import { createI18n, type Composer } from 'vue-i18n'
import { tellErrorsIn } from './errors'
import type { ErrorTexts } from './errors/de'
import type { Messages } from './messages/de'

/** Languages of the interface, each named in itself. A new one is its texts, a line here and a line in `TEXTS`. */
export const INTERFACE_LANGUAGES = { de: 'Deutsch', ro: 'Română', bg: 'Български', tr: 'Türkçe', en: 'English' } as const

export type InterfaceLanguage = keyof typeof INTERFACE_LANGUAGES

interface Texts {
  readonly messages: Messages
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

async function textsIn(tag: InterfaceLanguage): Promise<Messages> {
  const { messages, errors } = await TEXTS[tag]()
  tellErrorsIn(tag, errors)
  return messages
}

/** The plug-in for `app.use`, with the texts of its first language. */
export async function interfaceI18n(storage: Pick<Storage, 'getItem'>, wanted: readonly string[]) {
  const locale = startLanguage(storage, wanted)
  return createI18n<[Messages], InterfaceLanguage, false>({
    legacy: false,
    locale,
    fallbackLocale: false,
    messages: { [locale]: await textsIn(locale) } as Record<InterfaceLanguage, Messages>,
  })
}

/** Loads the texts of a language and goes over to it. What `useI18n` gives is handed in. */
export async function speak(i18n: Pick<Composer, 'setLocaleMessage' | 'locale'>, tag: InterfaceLanguage): Promise<void> {
  i18n.setLocaleMessage(tag, await textsIn(tag))
  i18n.locale.value = tag
}
