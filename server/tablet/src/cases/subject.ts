/** Which case a draft or a finished interview is of, sealed under its interviewer's key as a draft is. */
import type { CaseReference } from '../services'
import { fromUtf8, utf8 } from '../store/bytes'
import { isObject } from '../store/feed_bodies'
import { openFor, sealFor, type Sealed } from '../store/sealed'

/** `id`: of the draft or of the instance. */
export function subjectPlace(id: string): string {
  return `case/${id}`
}

export function sealSubject(key: CryptoKey, place: string, { id, label }: CaseReference): Promise<Sealed> {
  return sealFor(key, place, utf8(JSON.stringify({ id, label })))
}

/** Null for what does not open under this key: what it was of is then not shown. */
export async function openSubject(key: CryptoKey, place: string, sealed: Sealed): Promise<CaseReference | null> {
  try {
    const value: unknown = JSON.parse(fromUtf8(await openFor(key, place, sealed)))
    if (!isObject(value)) return null
    const { id, label } = value
    return typeof id === 'string' && typeof label === 'string' ? { id, label } : null
  } catch {
    return null
  }
}
