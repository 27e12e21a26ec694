import { TabletError } from '../services'
import { randomBytes, utf8, type Bytes } from './bytes'
import { makeRecoveryCode, readRecoveryCode } from './recovery_code'
import { openFor, sealFor, type Sealed } from './sealed'

/** PBKDF2-SHA256; OWASP's number for it. */
export const ITERATIONS = 600_000

const MASTER_PLACE = 'feldbuch/tablet/master'
const SEED_PLACE = 'feldbuch/tablet/seed'
const RECOVERY_PLACE = 'feldbuch/tablet/recovery'

/** The master under a key that a person brings, and that under a key which cannot be exported. */
export interface LockedMaster {
  /** Nonce of the inner sealing. */
  readonly inner: Bytes
  readonly outer: Sealed
}

/** An interviewer's keys as they rest: the master under the PIN's key, and that under a key that cannot be exported. */
export interface WrappedKeys {
  readonly salt: Bytes
  readonly iterations: number
  readonly device: CryptoKey
  readonly master: LockedMaster
  /** The master under the recovery code, which only the study's vault can tell. */
  readonly recovery?: LockedMaster
  /** X-Wing seed, sealed under a key from the master. */
  readonly seed: Sealed
}

/** Keys of an enrolment that central has not yet answered. The seed has protected nothing so far. */
export interface PendingKeys {
  readonly study: string
  readonly interviewer?: string
  readonly signing: CryptoKeyPair
  readonly device: CryptoKey
  readonly seed: Sealed
}

/** Keys in memory while the tablet is open. None can be exported. */
export interface OpenKeys {
  /** AES-256-GCM, for drafts and their attachments. */
  readonly drafts: CryptoKey
  /** AES-256-GCM, for the encryption seed. */
  readonly seed: CryptoKey
}

/** Keys that were just made or wrapped anew. */
export interface NewKeys {
  readonly wrapped: WrappedKeys
  readonly open: OpenKeys
  /** The code that opens them when the PIN is forgotten. It goes to the vault and is kept nowhere here. */
  readonly code: string
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
export async function makePending(
  study: string,
  interviewer: string,
  seed: Bytes,
  signing?: CryptoKeyPair,
): Promise<PendingKeys> {
  const device = await makeDeviceKey()
  const sealed = await sealFor(device, SEED_PLACE, seed)
  return { study, interviewer, signing: signing ?? (await makeSigningKey()), device, seed: sealed }
}

/** The seed of keys that wait for central's answer. */
export async function pendingSeed(pending: PendingKeys): Promise<Bytes> {
  return openFor(pending.device, SEED_PLACE, pending.seed)
}

/** Makes a master key, wraps it by `pin` and by the device key, and seals the seed under it. */
export async function wrapKeys(pin: string, device: CryptoKey, seed: Bytes, iterations = ITERATIONS): Promise<NewKeys> {
  const master = randomBytes(32)
  const locked = await lockAll(pin, device, master, iterations)
  const open = await openMaster(master)
  const wrapped = { ...locked.wrapped, seed: await sealFor(open.seed, SEED_PLACE, seed) }
  return { wrapped, open, code: locked.code }
}

/** Opens the keys by `pin`. Raises `pin.wrong`. */
export async function unwrapKeys(pin: string, keys: WrappedKeys): Promise<OpenKeys> {
  const pinKey = await keyFromPin(pin, keys.salt, keys.iterations)
  const master = await unlockMaster(pinKey, keys.device, MASTER_PLACE, keys.master)
  if (master === null) throw new TabletError('pin.wrong')
  return openMaster(master)
}

/**
 * Opens the keys by a recovery code and locks them by a new PIN; the code is worth nothing afterwards. Raises
 * `recovery.malformed`, `recovery.wrong`.
 */
export async function recoverKeys(typed: string, pin: string, keys: WrappedKeys, iterations = ITERATIONS): Promise<NewKeys> {
  const codeKey = await keyFromCode(await readRecoveryCode(typed))
  const master = keys.recovery === undefined ? null : await unlockMaster(codeKey, keys.device, RECOVERY_PLACE, keys.recovery)
  if (master === null) throw new TabletError('recovery.wrong')
  const locked = await lockAll(pin, keys.device, master, iterations)
  return { wrapped: { ...locked.wrapped, seed: keys.seed }, open: await openMaster(master), code: locked.code }
}

/** The encryption seed, while the tablet is open. */
export async function openSeed(open: OpenKeys, keys: WrappedKeys): Promise<Bytes> {
  return openFor(open.seed, SEED_PLACE, keys.seed)
}

async function lockAll(pin: string, device: CryptoKey, master: Bytes, iterations: number): Promise<{
  readonly wrapped: Omit<WrappedKeys, 'seed'>
  readonly code: string
}> {
  const salt = randomBytes(32)
  const code = await makeRecoveryCode()
  const locked = await lockMaster(await keyFromPin(pin, salt, iterations), device, MASTER_PLACE, master)
  const recovery = await lockMaster(await keyFromCode(await readRecoveryCode(code)), device, RECOVERY_PLACE, master)
  return { wrapped: { salt, iterations, device, master: locked, recovery }, code }
}

async function lockMaster(key: CryptoKey, device: CryptoKey, place: string, master: Bytes): Promise<LockedMaster> {
  const inner = await sealFor(key, place, master)
  return { inner: inner.nonce, outer: await sealFor(device, place, inner.bytes) }
}

/** The master, or null where `key` is another. */
async function unlockMaster(key: CryptoKey, device: CryptoKey, place: string, locked: LockedMaster): Promise<Bytes | null> {
  const bytes = await openFor(device, place, locked.outer)
  try {
    return await openFor(key, place, { nonce: locked.inner, bytes })
  } catch {
    return null
  }
}

async function keyFromPin(pin: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveKey'])
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return crypto.subtle.deriveKey(algorithm, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** The code is random and long, so that it needs no stretching. */
async function keyFromCode(secret: string): Promise<CryptoKey> {
  return derive(await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveKey']), RECOVERY_PLACE)
}

/** Derives the keys in use and wipes `master`. */
async function openMaster(master: Bytes): Promise<OpenKeys> {
  const material = await crypto.subtle.importKey('raw', master, 'HKDF', false, ['deriveKey'])
  master.fill(0)
  return { drafts: await derive(material, 'feldbuch/tablet/drafts'), seed: await derive(material, SEED_PLACE) }
}

function derive(material: CryptoKey, info: string): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8(info) },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}
