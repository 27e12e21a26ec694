import { b64u, deviceId, recipientPublicBytes, signDocument, signerOf } from '../envelope'
import { TabletError, type EnrolmentLink } from '../services'
import { randomBytes, sha256Hex, utf8 } from '../store/bytes'
import type { Database, EnrolledRow } from '../store/database'
import { certificateBody } from '../store/feed_bodies'
import type { Gate } from '../store/gate'
import { deviceChain, newestIntakeKey } from '../store/intake_key'
import { checkPin, makePending, pendingSeed, wrapKeys, type PendingKeys } from '../store/keys'
import { Feed } from '../sync/feed'
import { Malformed, PlaceError, Unreachable } from '../sync/failures'
import type { Http } from '../sync/http'
import { Trust } from '../sync/trust'

const CALL_MS = 30_000

/**
 * Enrols this tablet: makes its keys, asks central for a certificate, checks the chain it answers with against the key
 * pinned by the link, and keeps all of it in one transaction. A try that broke off is repeated with the same keys.
 * Raises `pin.malformed`, `enrolment.already`, `enrolment.answer`, the codes of the protocol and `network.unreachable`.
 */
export async function enrol(
  database: Database,
  gate: Gate,
  http: Http,
  link: EnrolmentLink,
  pin: string,
  iterations?: number,
): Promise<void> {
  checkPin(pin)
  if ((await database.get('enrolled')) !== undefined) throw new TabletError('enrolment.already')
  const pending = await pendingKeys(database, link.study)
  const seed = await pendingSeed(pending)
  const signer = await signerOf(pending.signing)
  const device = deviceId(signer.publicKey)
  const key = b64u(signer.publicKey)
  const encryptionKey = b64u(await recipientPublicBytes(seed))
  const document = {
    v: 1,
    study: link.study,
    id: device,
    key,
    encryption_key: encryptionKey,
    name: `Tablet ${device.slice(0, 4)}`,
    token_hash: await sha256Hex(utf8(link.token)),
  }
  const enrolment = await signDocument('feldbuch/1/enrolment', document, signer.privateKey)
  const entries = await ask(http, link, enrolment)
  await keepChain(database, link, device, entries)
  await checkCertificate(database, link, { device, key, encryptionKey })
  const { wrapped, open } = await wrapKeys(pin, pending.device, seed, iterations)
  seed.fill(0)
  const row: EnrolledRow = {
    device,
    study: link.study,
    title: link.title,
    // The kind is told by the study's entry of the feed; until then the title is all that is known.
    site: { id: link.site, kind: 'arrival', title: link.siteTitle },
    interviewer: link.interviewer,
    central: link.central,
    pinned: link.key,
  }
  await database.transaction('rw', 'meta', async () => {
    if ((await database.get('enrolled')) !== undefined) throw new TabletError('enrolment.already')
    await database.put('signing', pending.signing)
    await database.put('keys', wrapped)
    await database.put('enrolled', row)
    await database.drop('pending')
  })
  gate.admit(open)
}

async function pendingKeys(database: Database, study: string): Promise<PendingKeys> {
  const before = await database.get('pending')
  if (before?.study === study) return before
  const pending = await makePending(study, randomBytes(32))
  await database.put('pending', pending)
  return pending
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

/** The certificate must speak of exactly this device, its keys, and what the link said. */
async function checkCertificate(
  database: Database,
  link: EnrolmentLink,
  own: { readonly device: string; readonly key: string; readonly encryptionKey: string },
): Promise<void> {
  const chain = deviceChain(own.device)
  const rows = await database.feed.where('[chain+number]').between([chain, 0], [chain, Infinity]).toArray()
  try {
    const row = rows.filter((each) => each.kind === 'certificate').at(-1)
    const certificate = certificateBody(row?.body ?? {})
    const same =
      certificate.device === own.device &&
      certificate.key === own.key &&
      certificate.encryptionKey === own.encryptionKey &&
      certificate.site === link.site &&
      certificate.interviewer === link.interviewer
    if (!same) throw new Malformed('certificate')
    await newestIntakeKey(database, own.device)
  } catch {
    throw new TabletError('enrolment.answer')
  }
}
