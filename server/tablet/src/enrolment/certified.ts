import { TabletError, type EnrolmentLink } from '../services'
import type { Database } from '../store/database'
import { certificateBody, interviewerBody } from '../store/feed_bodies'
import { deviceChain, newestIntakeKey } from '../store/intake_key'
import { Malformed } from '../sync/failures'

/** What a tablet says of itself, and central must have certified. Keys in base64url. */
export interface Own {
  readonly device: string
  readonly key: string
  readonly encryptionKey: string
}

/**
 * Gives the key to which what opens a forgotten PIN is sealed, or null where central named none. The chain must speak of exactly this device, its keys, and what the link said: the certificate names its first
 * interviewer, and an entry of its own each further one. Raises `enrolment.answer`.
 */
export async function checkCertified(database: Database, link: EnrolmentLink, own: Own): Promise<string | null> {
  const chain = deviceChain(own.device)
  const rows = await database.feed.where('[chain+number]').between([chain, 0], [chain, Infinity]).toArray()
  try {
    const certificate = certificateBody(rows.filter((each) => each.kind === 'certificate').at(-1)?.body ?? {})
    const people = [certificate, ...rows.filter(({ kind }) => kind === 'interviewer').map(({ body }) => interviewerBody(body))]
    const named = people.filter((each) => each.device === own.device && each.interviewer === link.interviewer).at(-1)
    const same =
      certificate.device === own.device &&
      certificate.key === own.key &&
      certificate.site === link.site &&
      named?.encryptionKey === own.encryptionKey
    if (!same) throw new Malformed('certificate')
    await newestIntakeKey(database, own.device)
    return named.recoveryKey
  } catch {
    throw new TabletError('enrolment.answer')
  }
}
