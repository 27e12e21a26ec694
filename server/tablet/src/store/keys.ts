import type { Passkey } from '../passkey/authenticator'
import { TabletError } from '../services'
import { join, utf8, type Bytes } from './bytes'
import { openFor, type Sealed } from './sealed'

export const MASTER_PLACE = 'feldbuch/tablet/master'
export const SEED_PLACE = 'feldbuch/tablet/seed'
const PASSKEY_PLACE = 'feldbuch/tablet/passkey'

/** The master under a key that a person brings, and that under a key which cannot be exported. */
export interface LockedMaster {
  /** Nonce of the inner sealing. */
  readonly inner: Bytes
  readonly outer: Sealed
}

/** What opens the keys when the PIN is forgotten. */
export interface Recovery {
  /** Number of the code that the master is locked by: it opens once, then the next one is due. */
  readonly number: number
  readonly master: LockedMaster
  /** What all codes follow from, under a key from the master. The study's vault has it too. */
  readonly secret: Sealed
}

/** An interviewer's keys as they rest: the master under the PIN's key, and that under a key that cannot be exported. */
export interface WrappedKeys {
  readonly salt: Bytes
  readonly iterations: number
  readonly device: CryptoKey
  /** Whose answer the PIN's key is combined with; left out where the PIN alone opens. */
  readonly passkey?: Passkey
  /** Null once a revoked tablet has locked it away: then only a recovery code opens. */
  readonly master: LockedMaster | null
  readonly recovery?: Recovery
  /** X-Wing seed, sealed under a key from the master. */
  readonly seed: Sealed
}

/** Keys in memory while the tablet is open. None can be exported. */
export interface OpenKeys {
  /** AES-256-GCM, for drafts and their attachments. */
  readonly drafts: CryptoKey
  /** AES-256-GCM, for the encryption seed. */
  readonly seed: CryptoKey
}

/**
 * Opens the keys by `pin` and, where a passkey locks them too, by what it answered, which is wiped. Raises `pin.wrong`,
 * `passkey.refused`, `device.revoked`.
 */
export async function unwrapKeys(pin: string, keys: WrappedKeys, answered: Bytes | null = null): Promise<OpenKeys> {
  return openMaster(await masterByPin(pin, keys, answered))
}

/** The encryption seed, while the tablet is open. */
export async function openSeed(open: OpenKeys, keys: WrappedKeys): Promise<Bytes> {
  return openFor(open.seed, SEED_PLACE, keys.seed)
}

/** The master, for whoever wipes it. Raises as `unwrapKeys`. */
export async function masterByPin(pin: string, keys: WrappedKeys, answered: Bytes | null): Promise<Bytes> {
  if (keys.master === null) throw new TabletError('device.revoked')
  if ((keys.passkey === undefined) !== (answered === null)) throw new TabletError('passkey.refused')
  const key = await keyFromPin(pin, answered, keys.salt, keys.iterations)
  const master = await unlockMaster(key, keys.device, MASTER_PLACE, keys.master)
  if (master === null) throw new TabletError('pin.wrong')
  return master
}

/** The master, or null where `key` is another. */
export async function unlockMaster(key: CryptoKey, device: CryptoKey, place: string, locked: LockedMaster): Promise<Bytes | null> {
  const bytes = await openFor(device, place, locked.outer)
  try {
    return await openFor(key, place, { nonce: locked.inner, bytes })
  } catch {
    return null
  }
}

/** The PIN's key; where a passkey answered, one that needs both: HKDF over the PIN's bits and the answer, which is wiped. */
export async function keyFromPin(pin: string, answered: Bytes | null, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveBits'])
  const bits = new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, material, 256))
  const both = answered === null ? null : join([bits, answered])
  try {
    if (both === null) return await crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['encrypt', 'decrypt'])
    return await deriveKey(await crypto.subtle.importKey('raw', both, 'HKDF', false, ['deriveKey']), PASSKEY_PLACE)
  } finally {
    for (const each of [bits, answered, both]) each?.fill(0)
  }
}

/** Derives the keys in use and wipes `master`. */
export async function openMaster(master: Bytes): Promise<OpenKeys> {
  const material = await crypto.subtle.importKey('raw', master, 'HKDF', false, ['deriveKey'])
  master.fill(0)
  return { drafts: await deriveKey(material, 'feldbuch/tablet/drafts'), seed: await deriveKey(material, SEED_PLACE) }
}

/** A key for one purpose, by HKDF-SHA256. */
export function deriveKey(material: CryptoKey, info: string): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8(info) },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}
