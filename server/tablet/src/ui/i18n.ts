/** The language of the interface, chosen apart from the language of a form. */
import { createI18n } from 'vue-i18n'
import { de, type Messages } from './messages/de'
import { bg } from './messages/bg'
import { en } from './messages/en'
import { ro } from './messages/ro'
import { tr } from './messages/tr'

/** Languages of the interface, each named in itself. A new one is a file of messages and a line here. */
export const INTERFACE_LANGUAGES = { de: 'Deutsch', ro: 'Română', bg: 'Български', tr: 'Türkçe', en: 'English' } as const

export type InterfaceLanguage = keyof typeof INTERFACE_LANGUAGES

export const MESSAGES: Readonly<Record<InterfaceLanguage, Messages>> = { de, ro, bg, tr, en }

/** Only the choice of a language is kept here; nothing that a respondent says. */
const CHOICE = 'feldbuch.interface-language'

function isOffered(tag: string | null): tag is InterfaceLanguage {
  return tag !== null && tag in INTERFACE_LANGUAGES
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

/** The plug-in for `app.use`. */
export function interfaceI18n(storage: Pick<Storage, 'getItem'>, wanted: readonly string[]) {
  return createI18n<[Messages], InterfaceLanguage, false>({
    legacy: false,
    locale: startLanguage(storage, wanted),
    fallbackLocale: 'de',
    messages: MESSAGES,
  })
}
