/** The languages of a form, by tag. XLSForm writes them as `Deutsch (de)`. */
import type { FormLanguage } from './model'

/** Reads `Deutsch (de)`; a bare word serves as tag and name. */
export function languageOf(written: string): FormLanguage {
  const [, name, tag] = /^(.*\S)\s*\(([A-Za-z0-9-]+)\)\s*$/u.exec(written) ?? []
  return name !== undefined && tag !== undefined ? { name, tag } : { name: written, tag: written }
}

const TRANSLATION = /<translation\b[^>]*>/gu

/**
 * The XForm with another default language, which its instances then begin in: to change it afterwards has the engine
 * work out every text of the form twice. A language that the form does not have changes nothing.
 */
export function beginningIn(xform: string, tag: string): string {
  const named = (translation: string): string => languageOf(/\blang="([^"]*)"/u.exec(translation)?.[1] ?? '').tag
  const translations = xform.match(TRANSLATION) ?? []
  if (!translations.some((each) => named(each) === tag)) return xform
  return xform.replaceAll(TRANSLATION, (each) => {
    const plain = each.replace(/\s+default="[^"]*"/u, '')
    return named(each) === tag ? plain.replace(/^<translation/u, '<translation default="true()"') : plain
  })
}
