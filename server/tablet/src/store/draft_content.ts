import { TabletError, type DraftContent } from '../services'
import { fromUtf8, utf8, type Bytes } from './bytes'
import { isObject } from './feed_bodies'
import { openFor, sealFor, type Sealed } from './sealed'

/** The content of a draft, sealed for its place. */
export function sealContent(key: CryptoKey, id: string, content: DraftContent): Promise<Sealed> {
  return sealFor(key, place(id), utf8(JSON.stringify(content)))
}

/**
 * Opens what `sealContent` sealed. Raises `draft.sealed` when it does not open under this key and for this draft, and
 * `draft.malformed` when what was in it is no draft.
 */
export async function openContent(key: CryptoKey, id: string, sealed: Sealed): Promise<DraftContent> {
  let plain: Bytes
  try {
    plain = await openFor(key, place(id), sealed)
  } catch {
    throw new TabletError('draft.sealed')
  }
  try {
    const value: unknown = JSON.parse(fromUtf8(plain))
    if (isContent(value)) return value
  } catch {
    // No text, or no JSON: told below.
  }
  throw new TabletError('draft.malformed')
}

function isContent(value: unknown): value is DraftContent {
  if (!isObject(value)) return false
  const { instanceXml, hidden, language, position, progress, begun } = value
  return (
    typeof instanceXml === 'string' &&
    isObject(hidden) &&
    Object.values(hidden).every((each) => typeof each === 'string') &&
    typeof language === 'string' &&
    (position === null || typeof position === 'string') &&
    isObject(progress) &&
    typeof progress['answered'] === 'number' &&
    typeof progress['asked'] === 'number' &&
    isObject(begun ?? {})
  )
}

function place(id: string): string {
  return `draft/${id}/content`
}
