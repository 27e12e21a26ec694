/** What a person reads when something went wrong: what happened, and what helps. Never an answer, never a stack. */
import { TabletError } from '../services'
import type { ErrorTexts } from './errors/de'

/** The texts of the languages that were loaded so far; `i18n.ts` brings them. */
const TOLD = new Map<string, ErrorTexts>()

export function tellErrorsIn(language: string, texts: ErrorTexts): void {
  TOLD.set(language, texts)
}

/** Codes with a text of their own. Others are told by their family (`envelope.*`) or as unexpected. */
export type ErrorCode = keyof ErrorTexts

export interface ErrorMessage {
  readonly code: string
  readonly text: string
  readonly remedy: string
  /** Whether the code is of use to a person, because the text does not say it all. */
  readonly isUnexpected: boolean
}

type Params = Readonly<Record<string, string | number>>

/** The text for the codes of a family that have none of their own: what they say matters to the project office. */
const FAMILIES: Readonly<Record<string, ErrorCode>> = {
  envelope: 'envelope',
  feed: 'feed.broken',
  receipt: 'feed.broken',
  mark: 'feed.broken',
  intake: 'sync.refused',
  device: 'sync.refused',
  place: 'sync.failed',
  request: 'sync.failed',
  server: 'sync.failed',
  network: 'network.unreachable',
  hello: 'sync.failed',
  session: 'sync.failed',
  sync: 'sync.failed',
  upload: 'sync.failed',
  storage: 'storage.broken',
}

function known(texts: ErrorTexts, code: string): ErrorCode {
  if (Object.hasOwn(texts, code)) return code as ErrorCode
  const [family = ''] = code.split('.')
  return Object.hasOwn(FAMILIES, family) ? (FAMILIES[family] ?? 'unexpected') : 'unexpected'
}

function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/gu, (_, name: string) => String(params[name] ?? ''))
}

/** The text for a code, in the language of the interface. */
export function textOf(code: string, language: string, params: Params = {}): ErrorMessage {
  const texts = TOLD.get(language)
  // Nothing is shown before a language is there; should it be, the code is what the project office asks for.
  if (texts === undefined) return { code, text: code, remedy: '', isUnexpected: true }
  const key = known(texts, code)
  const { text, remedy } = texts[key]
  return { code, text: fill(text, params), remedy: fill(remedy, params), isUnexpected: key !== code }
}

/** The text for anything that was thrown. What is not a `TabletError` is unexpected and its message stays unsaid. */
export function describeError(error: unknown, language: string): ErrorMessage {
  return error instanceof TabletError ? textOf(error.code, language, error.params) : textOf('unexpected', language)
}

/** The code of anything that was thrown. */
export function codeOf(error: unknown): string {
  return error instanceof TabletError ? error.code : 'unexpected'
}
