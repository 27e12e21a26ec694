/** Attributes of every field that takes an answer: the browser is to remember, correct and send nothing of it. */
export const PLAIN = {
  autocomplete: 'off',
  autocorrect: 'off',
  autocapitalize: 'off',
  spellcheck: false,
  'data-1p-ignore': '',
  'data-lpignore': 'true',
} as const

/** ARIA attributes that tie a field to its question. */
export type Aria = Readonly<Record<string, string | undefined>>

/** The same for a button: its own words name it, and the question describes it. What is wrong or required is said of fields. */
export function ofButton(aria: Aria): Aria {
  const described = [aria['aria-labelledby'], aria['aria-describedby']].filter((each) => each !== undefined && each !== '')
  return { 'aria-describedby': described.join(' ') || undefined }
}
