import { sha256 } from '@hpke/common'

import { BodyWriter, holdsRecord, type Attachment, type SealedBody } from '../envelope'
import type { RecordedAttachment } from '../recording/recordings'
import type { DraftAttachment } from '../services'
import type { Bodies } from './bodies'
import { hex, randomId, type Bytes } from './bytes'

/** A sealed body that lies in the store, before it has a cover. */
export interface SealedFile {
  readonly part: string
  readonly contentType: string
  readonly priority: number
  /** Id of the body in the store. */
  readonly body: string
  readonly sealed: SealedBody
}

/** Seals what belongs to one instance, and can take all of it back. */
export class Sealing {
  private readonly made: string[] = []

  constructor(private readonly bodies: Bodies) {}

  /** Seals an attachment as it streams by, and writes its entry of the manifest. */
  async attachment(part: string, about: DraftAttachment, bytes: AsyncIterable<Bytes>): Promise<{
    readonly file: SealedFile
    readonly entry: Attachment
  }> {
    const contentType = mediaType(about.contentType)
    const hash = sha256.create()
    let size = 0
    const counted = async function* (): AsyncGenerator<Bytes> {
      for await (const chunk of bytes) {
        hash.update(chunk)
        size += chunk.length
        yield chunk
      }
    }
    const file = await this.stream(part, contentType, counted())
    return { file, entry: { part, name: about.name, contentType, sha256: hex(hash.digest()), size } }
  }

  /** Takes a body that was sealed while it was recorded, and writes its entry of the manifest. */
  recorded(part: string, { name, contentType, sha256, size, body, sealed }: RecordedAttachment): {
    readonly file: SealedFile
    readonly entry: Attachment
  } {
    const type = mediaType(contentType)
    const file = { part, contentType: type, priority: priority(part, type), body, sealed }
    return { file, entry: { part, name, contentType: type, sha256, size } }
  }

  /** Seals bytes that stand in memory. */
  async bytes(part: string, contentType: string, plain: Bytes): Promise<SealedFile> {
    return this.stream(part, contentType, [plain])
  }

  /** Removes what was written, after a failure. */
  async discard(): Promise<void> {
    await this.bodies.remove(this.made)
  }

  private async stream(
    part: string,
    contentType: string,
    plain: AsyncIterable<Bytes> | Iterable<Bytes>,
  ): Promise<SealedFile> {
    const body = randomId()
    this.made.push(body)
    const pieces = this.bodies.writer(body)
    const writer = await BodyWriter.create()
    for await (const chunk of plain) await pieces.write(await writer.write(chunk))
    const { bytes, sealed } = await writer.finish()
    await pieces.write(bytes)
    await pieces.finish()
    return { part, contentType, priority: priority(part, contentType), body, sealed }
  }
}

/** The media type as a cover may name it; parameters would say more than a status should. */
export function mediaType(type: string): string {
  const bare = (type.split(';')[0] ?? '').trim().toLowerCase()
  return /^(?=.{1,100}$)[a-z]+\/[a-z0-9.+-]+$/.test(bare) ? bare : 'application/octet-stream'
}

/** 0 records and checkpoints, 1 small media, 2 recordings. */
function priority(part: string, contentType: string): number {
  if (holdsRecord(part)) return 0
  return /^(audio|video)\//.test(contentType) ? 2 : 1
}
