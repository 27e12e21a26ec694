/** What is told once an interview is sealed, and is forgotten with that page. */
import type { FinishedInstance } from '../../services'

export type EndingKind = 'complete' | 'partial' | 'refused'

export interface Done {
  readonly finished: FinishedInstance
  readonly ending: EndingKind
  /** The code of the respondent's card, or null where there is none. */
  readonly card: string | null
  /** The language that the interview was led in. */
  readonly language: string
}
