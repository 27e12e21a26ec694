import {
  canonical,
  documentHash,
  EnvelopeError,
  fromB64u,
  readFeedEntry,
  readMark,
  readReceipt,
  type FeedEntry,
  type JsonObject,
  type Mark,
} from '../envelope'
import type { Bytes } from '../store/bytes'
import { isObject } from '../store/feed_bodies'
import type { CheckedReceipt } from '../store/items'

/** A document that claims to be central's does not bear its signature, or is of another study. */
export class Forged extends Error {
  constructor(readonly what: string) {
    super(what)
    this.name = 'Forged'
  }
}

/** A feed entry whose signature holds, with the hash that the next one must name. */
export interface CheckedEntry extends FeedEntry {
  readonly hash: string
}

/** What central signed, checked against the key that was pinned at enrolment. */
export class Trust {
  private readonly pinned: Bytes

  /** `pinned` is central's Ed25519 key, base64url. */
  constructor(
    pinned: string,
    private readonly study: string,
  ) {
    this.pinned = fromB64u(pinned) ?? new Uint8Array(0)
  }

  /** Raises `Forged`. */
  async receipt(value: unknown): Promise<CheckedReceipt> {
    const receipt = await this.checked('receipt', value, (bytes) => readReceipt(bytes, this.pinned))
    return { ...receipt, document: value as JsonObject }
  }

  /** Raises `Forged`. */
  async mark(value: unknown): Promise<Mark & { readonly document: JsonObject }> {
    const mark = await this.checked('mark', value, (bytes) => readMark(bytes, this.pinned))
    return { ...mark, document: value as JsonObject }
  }

  /** Raises `Forged`. */
  async entry(value: unknown): Promise<CheckedEntry> {
    return this.checked('feed', value, async (bytes) => {
      return { ...(await readFeedEntry(bytes, this.pinned)), hash: documentHash(bytes) }
    })
  }

  private async checked<T extends { readonly study: string }>(
    what: string,
    value: unknown,
    read: (bytes: Bytes) => Promise<T>,
  ): Promise<T> {
    if (!isObject(value)) throw new Forged(what)
    let document: T
    try {
      document = await read(canonicalForm(what, value as JsonObject))
    } catch (error) {
      if (error instanceof EnvelopeError) throw new Forged(what)
      throw error
    }
    if (document.study !== this.study) throw new Forged(what)
    return document
  }
}

function canonicalForm(what: string, value: JsonObject): Bytes {
  try {
    return canonical(value)
  } catch {
    // A lone surrogate has no canonical form.
    throw new Forged(what)
  }
}
