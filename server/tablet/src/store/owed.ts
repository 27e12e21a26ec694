import { fromUtf8, utf8 } from './bytes'
import type { OpenKeys } from './keys'
import { openFor, sealFor, type Sealed } from './sealed'

/** Keeps a recovery code under the interviewer's own keys, until it can be sealed for the vault. */
export function sealOwed(keys: OpenKeys, interviewer: string, code: string): Promise<Sealed> {
  return sealFor(keys.drafts, place(interviewer), utf8(code))
}

export async function openOwed(keys: OpenKeys, interviewer: string, owed: Sealed): Promise<string> {
  return fromUtf8(await openFor(keys.drafts, place(interviewer), owed))
}

function place(interviewer: string): string {
  return `recovery/${interviewer}`
}
