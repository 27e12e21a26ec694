/** The languages of a form, by tag. XLSForm writes them as `Deutsch (de)`. */
import type { FormLanguage } from './model'

/** Reads `Deutsch (de)`; a bare word serves as tag and name. */
export function languageOf(written: string): FormLanguage {
  const [, name, tag] = /^(.*\S)\s*\(([A-Za-z0-9-]+)\)\s*$/u.exec(written) ?? []
  return name !== undefined && tag !== undefined ? { name, tag } : { name: written, tag: written }
}
