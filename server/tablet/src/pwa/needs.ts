import { TabletError } from '../services'

/** What must be there before anything is kept: a secure context with locks, and the signatures of central. */
export interface Ground {
  readonly isSecureContext: boolean
  readonly locks: LockManager | undefined
  readonly subtle: Pick<SubtleCrypto, 'importKey'> | undefined
}

/** Raises `browser.insecure` or `browser.too_old`. */
export async function checkGround(ground: Ground): Promise<void> {
  if (!ground.isSecureContext) throw new TabletError('browser.insecure')
  if (ground.locks === undefined || ground.subtle === undefined) throw new TabletError('browser.too_old')
  try {
    // Any 32 bytes make a key as far as importing goes; a browser without Ed25519 refuses them all.
    await ground.subtle.importKey('raw', BASE_POINT, { name: 'Ed25519' }, false, ['verify'])
  } catch {
    throw new TabletError('browser.too_old')
  }
}

/** The base point of edwards25519 (RFC 8032): certainly a point. */
const BASE_POINT = new Uint8Array(32).fill(0x66).with(0, 0x58)
