/** The pruning rule: when a tablet may delete the bytes of a delivered item. deploy/docs/protocol.md, "Pruning". */
import { canonical, EnvelopeError, permitsDeleting, readMark, readReceipt, type JsonObject, type Mark, type Receipt } from '../envelope'
import type { Bytes } from '../store/bytes'

/** How many verified backups must hold an item before its carrier deletes it: one for each mark that covers it. */
const BACKUPS = { device: 1, node: 2 } as const

/** What a carrier holds of an item, by its cover. */
export interface Copy {
  readonly study: string
  readonly instance: string
  readonly part: string
  readonly coverHash: string
  readonly bodyHash: string
}

/** Those of the documents that central signed, by its pinned key (32 bytes). Another one says nothing. */
export async function signedReceipts(documents: readonly JsonObject[], key: Bytes): Promise<readonly Receipt[]> {
  return signed(documents, (encoded) => readReceipt(encoded, key))
}

/** As `signedReceipts`, of marks. */
export async function signedMarks(documents: readonly JsonObject[], key: Bytes): Promise<readonly Mark[]> {
  return signed(documents, (encoded) => readMark(encoded, key))
}

/**
 * The receipt by which this copy may be deleted, or null. `receipts` and `marks` were verified; `epoch` is the one in
 * force as far as the carrier has learned.
 */
export function mayDelete(
  copy: Copy,
  receipts: readonly Receipt[],
  marks: readonly Mark[],
  { epoch, carrier }: { readonly epoch: string; readonly carrier: keyof typeof BACKUPS },
): Receipt | null {
  const receipt = newestReceipt(copy, receipts, epoch)
  if (receipt === null) return null
  const permitting = marks.filter((mark) => permitsDeleting(receipt, mark, copy.coverHash, copy.bodyHash))
  const different = new Set(permitting.map(({ durableSeq, at }) => `${durableSeq} ${at}`))
  return different.size >= BACKUPS[carrier] ? receipt : null
}

/** Central's last word on exactly this copy in an epoch; null where it has said nothing. */
function newestReceipt(copy: Copy, receipts: readonly Receipt[], epoch: string): Receipt | null {
  const own = receipts.filter((receipt) => receipt.epoch === epoch && isAbout(receipt, copy))
  return own.reduce<Receipt | null>((newest, each) => (newest === null || each.seq > newest.seq ? each : newest), null)
}

function isAbout(receipt: Receipt, copy: Copy): boolean {
  return (
    receipt.study === copy.study &&
    receipt.instance === copy.instance &&
    receipt.part === copy.part &&
    receipt.coverHash === copy.coverHash &&
    receipt.bodyHash === copy.bodyHash
  )
}

async function signed<T>(documents: readonly JsonObject[], read: (encoded: Bytes) => Promise<T>): Promise<readonly T[]> {
  const found: T[] = []
  for (const document of documents) {
    try {
      found.push(await read(canonical(document)))
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error
    }
  }
  return found
}
