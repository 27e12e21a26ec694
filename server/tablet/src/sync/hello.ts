import { b64u, signDocument, signerOf, type JsonObject } from '../envelope'
import { TabletError } from '../services'
import { coverTime } from '../store/chain'
import type { Database } from '../store/database'
import { isCheckpoint } from '../store/checkpoints'
import type { Outbox } from '../store/outbox'
import type { Place } from './places'
import type { SignHello } from './session'

/** Bytes used and allowed, or null where the browser does not say. */
export type Estimate = () => Promise<{ readonly used: number | null; readonly quota: number | null }>

/** Writes the signed hello: who the tablet is and how many instances are where. Nothing answered. */
export function helloWriter(database: Database, outbox: Outbox, estimate: Estimate, version: string, now = (): Date => new Date()): SignHello {
  return async (place: Place, challenge: string): Promise<unknown> => {
    const enrolled = await database.get('enrolled')
    const signing = await database.get('signing')
    if (enrolled === undefined || signing === undefined) throw new TabletError('tablet.new')
    const signer = await signerOf(signing)
    const highest = await database.get('highestReceipt')
    const document: JsonObject = {
      v: 1,
      study: enrolled.study,
      kind: 'device',
      id: enrolled.device,
      key: b64u(signer.publicKey),
      to: place.id,
      challenge,
      sequence: await nextSequence(database),
      capabilities: ['batch', 'tus', 'reconcile'],
      app_version: version.slice(0, 40),
      highest_receipt: highest === undefined ? null : { epoch: highest.epoch, seq: highest.seq, ...shown(highest.receipt?.document) },
      counts: { ...(await counts(database, outbox, estimate)), clock: coverTime(now()) },
    }
    return signDocument('feldbuch/1/hello', document, signer.privateKey)
  }
}

/** The highest receipt itself: so central notices a number that it gave twice. */
function shown(receipt: JsonObject | undefined): JsonObject {
  return receipt === undefined ? {} : { receipt }
}

/** A number that grows with each hello; counted before it is used, so that none is used twice. */
async function nextSequence(database: Database): Promise<number> {
  return database.transaction('rw', 'meta', async () => {
    const sequence = ((await database.get('sequence')) ?? 0) + 1
    await database.put('sequence', sequence)
    return sequence
  })
}

async function counts(database: Database, outbox: Outbox, estimate: Estimate): Promise<JsonObject> {
  // Training counts nowhere. Newest first, so the last one is the oldest by number; clocks are not asked.
  const states = (await outbox.states()).filter(({ row }) => row.isTraining !== true)
  const of = (...wanted: readonly string[]): number => states.filter(({ state }) => wanted.includes(state.whereabouts)).length
  const unsent = states.filter(({ state }) => state.whereabouts === 'tablet' || state.whereabouts === 'set_aside')
  const { used, quota } = await estimate()
  return {
    drafts: await database.drafts.filter((draft) => draft.isTraining !== true).count(),
    finished: states.length,
    unsent: unsent.length,
    sent: of('node'),
    receipted: of('central'),
    safe: of('safe'),
    set_aside: of('set_aside'),
    highest_number: (await database.get('chain'))?.number ?? 0,
    oldest_unsent: unsent.at(-1)?.row.finishedAt ?? null,
    storage_used: used,
    storage_quota: quota,
    checkpoints: await unconfirmedCopies(database),
  }
}

/** Checkpoints of which central has not said that it holds them. */
async function unconfirmedCopies(database: Database): Promise<number> {
  const copies = (await database.items.toArray()).filter(isCheckpoint)
  return copies.filter(({ receipts }) => !Object.values(receipts).some(({ state }) => state === 'held')).length
}
