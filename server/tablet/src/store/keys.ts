import { TabletError } from '../services'
import { randomBytes, utf8, type Bytes } from './bytes'
import { openFor, sealFor, type Sealed } from './sealed'

/** PBKDF2-SHA256; OWASP's number for it. */
export const ITERATIONS = 600_000

const MASTER_PLACE = 'feldbuch/tablet/master'
const SEED_PLACE = 'feldbuch/tablet/seed'

/** The tablet's keys as they rest: the master under the PIN's key, and that under a key that cannot be exported. */
export interface WrappedKeys {
  readonly salt: Bytes
  readonly iterations: number
  readonly device: CryptoKey
  readonly master: { readonly inner: Bytes; readonly outer: Sealed }
  /** X-Wing seed of the device, sealed under a key from the master. */
  readonly seed: Sealed
}

/** Keys of an enrolment that central has not yet answered. The seed has protected nothing so far. */
export interface PendingKeys {
  readonly study: string
  readonly signing: CryptoKeyPair
  readonly device: CryptoKey
  readonly seed: Sealed
}

/** Keys in memory while the tablet is open. None can be exported. */
export interface OpenKeys {
  /** AES-256-GCM, for drafts and their attachments. */
  readonly drafts: CryptoKey
  /** AES-256-GCM, for the device's encryption seed. */
  readonly seed: CryptoKey
}

/** A PIN has at least six digits and nothing else. Raises `pin.malformed`. */
export function checkPin(pin: string): void {
  if (!/^\d{6,64}$/.test(pin)) throw new TabletError('pin.malformed', { least: 6 })
}

/** A key that never leaves the browser: the finder of a copied database has not got it. */
export async function makeDeviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** The device's signing key: ECDSA P-256, its private half not extractable. */
export async function makeSigningKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
}

/** Keys for an enrolment, with the seed under the device key until a PIN's master takes it over. */
export async function makePending(study: string, seed: Bytes): Promise<PendingKeys> {
  const device = await makeDeviceKey()
  return { study, signing: await makeSigningKey(), device, seed: await sealFor(device, SEED_PLACE, seed) }
}

/** The seed of keys that wait for central's answer. */
export async function pendingSeed(pending: PendingKeys): Promise<Bytes> {
  return openFor(pending.device, SEED_PLACE, pending.seed)
}

/** Makes a master key, wraps it by `pin` and by the device key, and seals the seed under it. */
export async function wrapKeys(pin: string, device: CryptoKey, seed: Bytes, iterations = ITERATIONS): Promise<{
  readonly wrapped: WrappedKeys
  readonly open: OpenKeys
}> {
  checkPin(pin)
  const salt = randomBytes(32)
  const master = randomBytes(32)
  const pinKey = await keyFromPin(pin, salt, iterations)
  const inner = await sealFor(pinKey, MASTER_PLACE, master)
  const outer = await sealFor(device, MASTER_PLACE, inner.bytes)
  const open = await openMaster(master)
  const wrapped = { salt, iterations, device, master: { inner: inner.nonce, outer } }
  return { wrapped: { ...wrapped, seed: await sealFor(open.seed, SEED_PLACE, seed) }, open }
}

/** Opens the keys by `pin`. Raises `pin.wrong`. */
export async function unwrapKeys(pin: string, keys: WrappedKeys): Promise<OpenKeys> {
  const inner = await openFor(keys.device, MASTER_PLACE, keys.master.outer)
  const pinKey = await keyFromPin(pin, keys.salt, keys.iterations)
  let master: Bytes
  try {
    master = await openFor(pinKey, MASTER_PLACE, { nonce: keys.master.inner, bytes: inner })
  } catch {
    throw new TabletError('pin.wrong')
  }
  return openMaster(master)
}

/** The device's encryption seed, while the tablet is open. */
export async function openSeed(open: OpenKeys, keys: WrappedKeys): Promise<Bytes> {
  return openFor(open.seed, SEED_PLACE, keys.seed)
}

async function keyFromPin(pin: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveKey'])
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return crypto.subtle.deriveKey(algorithm, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** Derives the keys in use and wipes `master`. */
async function openMaster(master: Bytes): Promise<OpenKeys> {
  const material = await crypto.subtle.importKey('raw', master, 'HKDF', false, ['deriveKey'])
  master.fill(0)
  const derive = (info: string): Promise<CryptoKey> =>
    crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8(info) },
      material,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    )
  return { drafts: await derive('feldbuch/tablet/drafts'), seed: await derive(SEED_PLACE) }
}
