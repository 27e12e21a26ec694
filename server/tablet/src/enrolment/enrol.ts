import { b64u, deviceId, recipientPublicBytes, signDocument, signerOf, type Signer } from '../envelope'
import type { AnsweredPasskey } from '../passkey/authenticator'
import { TabletError, type EnrolmentLink } from '../services'
import { randomBytes, sha256Hex, utf8 } from '../store/bytes'
import type { Database, EnrolledRow, InterviewerRow } from '../store/database'
import type { Gate } from '../store/gate'
import { makePending, pendingSeed, wrapKeys, type PendingKeys } from '../store/locking'
import { withoutRecovery } from '../store/recoverable'
import { signRecovery } from './recovery'
import { checkSecret, DEFAULT_POLICY } from '../store/policy'
import { Feed } from '../sync/feed'
import { Malformed, PlaceError, Unreachable } from '../sync/failures'
import type { Http } from '../sync/http'
import { Trust } from '../sync/trust'
import { checkCertified } from './certified'

const CALL_MS = 30_000

/**
 * Enrols this tablet, or a further interviewer on it: makes keys, asks central for a certificate, checks the chain it
 * answers with against the key pinned by the link, and keeps all of it in one transaction. A try that broke off is
 * repeated with the same keys. An enrolled tablet stays the device that it is.
 *
 * `passkey` is left out where central names no key for what opens a forgotten PIN: nothing would open once it is gone. Where
 * it names one, what opens is delivered at a contact that needs no PIN.
 *
 * Raises `pin.malformed`, `passphrase.malformed`, `enrolment.already`, `enrolment.other`, `enrolment.answer`, the codes of the protocol and
 * `network.unreachable`.
 */
export async function enrol(
  database: Database,
  gate: Gate,
  http: Http,
  link: EnrolmentLink,
  secret: string,
  iterations?: number,
  passkey: AnsweredPasskey | null = null,
): Promise<void> {
  const policy = link.policy ?? DEFAULT_POLICY
  checkSecret(secret, policy)
  const enrolled = await database.get('enrolled')
  if (enrolled !== undefined) await checkFurther(database, enrolled, link)
  const pending = await pendingKeys(database, link)
  const seed = await pendingSeed(pending)
  const signer = await signerOf(pending.signing)
  const own = {
    device: deviceId(signer.publicKey),
    key: b64u(signer.publicKey),
    encryptionKey: b64u(await recipientPublicBytes(seed)),
  }
  const entries = await ask(http, link, await sign(link, signer, own))
  await keepChain(database, link, own.device, entries)
  const recoveryKey = await checkCertified(database, link, own)
  const means = recoveryKey === null ? null : passkey
  const { wrapped, open, secret: recovery } = await wrapKeys(secret, pending.device, seed, iterations, means)
  const owed = recoveryKey === null ? null : await signRecovery(link, signer, own, recoveryKey, recovery)
  seed.fill(0)
  recovery.fill(0)
  passkey?.secret.fill(0)
  const row: EnrolledRow = {
    device: own.device,
    study: link.study,
    title: link.title,
    // The kind is told by the study's entry of the feed; until then the title is all that is known.
    site: { id: link.site, kind: 'arrival', title: link.siteTitle },
    interviewer: link.interviewer,
    central: link.central,
    pinned: link.key,
  }
  const interviewer: InterviewerRow = {
    id: link.interviewer,
    addedAt: new Date().toISOString(),
    protection: policy.protection,
    keys: recoveryKey === null ? withoutRecovery(wrapped) : wrapped,
    attempts: null,
    owed,
  }
  await database.transaction('rw', ['meta', database.interviewers], async () => {
    const before = await database.get('enrolled')
    if ((await database.interviewers.get(link.interviewer)) !== undefined) throw new TabletError('enrolment.already')
    if (before === undefined) {
      await database.put('signing', pending.signing)
      await database.put('enrolled', row)
    } else if (before.device !== own.device) throw new TabletError('enrolment.other')
    await database.interviewers.add(interviewer)
    await database.drop('pending')
  })
  gate.admit(link.interviewer, open)
}

/** A further interviewer works for the same study, at the same site, for the same central. */
async function checkFurther(database: Database, enrolled: EnrolledRow, link: EnrolmentLink): Promise<void> {
  if ((await database.interviewers.get(link.interviewer)) !== undefined) throw new TabletError('enrolment.already')
  const { study, central, pinned, site } = enrolled
  if (study !== link.study || central !== link.central || pinned !== link.key || site.id !== link.site) {
    throw new TabletError('enrolment.other')
  }
}

/** Keys of an earlier try, or new ones. A device that is enrolled signs with the key that it has. */
async function pendingKeys(database: Database, link: EnrolmentLink): Promise<PendingKeys> {
  const before = await database.get('pending')
  const signing = await database.get('signing')
  const isSame = before?.study === link.study && (signing === undefined || before.interviewer === link.interviewer)
  if (before !== undefined && isSame) return before
  const pending = await makePending(link.study, link.interviewer, randomBytes(32), signing)
  await database.put('pending', pending)
  return pending
}

async function sign(
  link: EnrolmentLink,
  signer: Signer,
  own: { readonly device: string; readonly key: string; readonly encryptionKey: string },
): Promise<unknown> {
  const document = {
    v: 1,
    study: link.study,
    id: own.device,
    key: own.key,
    encryption_key: own.encryptionKey,
    name: `Tablet ${own.device.slice(0, 4)}`,
    token_hash: await sha256Hex(utf8(link.token)),
  }
  return signDocument('feldbuch/1/enrolment', document, signer.privateKey)
}

async function ask(http: Http, link: EnrolmentLink, enrolment: unknown): Promise<readonly unknown[]> {
  try {
    const json = { token: link.token, enrolment }
    const { entries } = await http.json(`${link.central}/sync/enrolment`, { method: 'POST', json, timeout: CALL_MS })
    if (!Array.isArray(entries)) throw new Malformed('entries')
    return entries as unknown[]
  } catch (error) {
    if (error instanceof Unreachable) throw new TabletError('network.unreachable')
    if (error instanceof PlaceError && !error.code.startsWith('http.')) throw new TabletError(error.code)
    throw new TabletError('enrolment.answer')
  }
}

/** Keeps the device's chain of the feed, checked with the pinned key. */
async function keepChain(database: Database, link: EnrolmentLink, device: string, entries: readonly unknown[]): Promise<void> {
  try {
    await new Feed(database, new Trust(link.key, link.study), device).take(entries)
  } catch {
    throw new TabletError('enrolment.answer')
  }
}
