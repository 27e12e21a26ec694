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
  /** Null once a revoked tablet has locked it away: then only a recovery code opens. */
  readonly master: LockedMaster | null
  readonly recovery?: Recovery
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
  /** What the codes follow from that open them when the PIN is forgotten. It goes to the vault, sealed. */
  readonly secret: Bytes
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
  const secret = randomBytes(32)
  const open = await openMaster(master.slice())
  const locked = await lockAll(pin, device, master, iterations)
  const recovery = await lockByCode(secret, 1, device, master, open)
  master.fill(0)
  return { wrapped: { ...locked, recovery, seed: await sealFor(open.seed, SEED_PLACE, seed) }, open, secret }
}

/** Opens the keys by `pin`. Raises `pin.wrong`, `device.revoked`. */
export async function unwrapKeys(pin: string, keys: WrappedKeys): Promise<OpenKeys> {
  if (keys.master === null) throw new TabletError('device.revoked')
  const pinKey = await keyFromPin(pin, keys.salt, keys.iterations)
  const master = await unlockMaster(pinKey, keys.device, MASTER_PLACE, keys.master)
  if (master === null) throw new TabletError('pin.wrong')
  return openMaster(master)
}

/**
 * Opens the keys by the code whose number is due and locks them by a new PIN; the code is worth nothing afterwards, and
 * the next one is due. Raises `recovery.malformed`, `recovery.wrong`.
 */
export async function recoverKeys(
  typed: string,
  pin: string,
  keys: WrappedKeys,
  iterations = ITERATIONS,
): Promise<Omit<NewKeys, 'secret'>> {
  const codeKey = await keyFromCode(await readRecoveryCode(typed))
  const before = keys.recovery
  const master = before === undefined ? null : await unlockMaster(codeKey, keys.device, RECOVERY_PLACE, before.master)
  if (before === undefined || master === null) throw new TabletError('recovery.wrong')
  const open = await openMaster(master.slice())
  const secret = await openFor(open.seed, RECOVERY_PLACE, before.secret)
  const locked = await lockAll(pin, keys.device, master, iterations)
  const recovery = await lockByCode(secret, before.number + 1, keys.device, master, open)
  secret.fill(0)
  master.fill(0)
  return { wrapped: { ...locked, recovery, seed: keys.seed }, open }
}

/** The encryption seed, while the tablet is open. */
export async function openSeed(open: OpenKeys, keys: WrappedKeys): Promise<Bytes> {
  return openFor(open.seed, SEED_PLACE, keys.seed)
}

async function lockAll(
  pin: string,
  device: CryptoKey,
  master: Bytes,
  iterations: number,
): Promise<Omit<WrappedKeys, 'seed' | 'recovery'>> {
  const salt = randomBytes(32)
  return { salt, iterations, device, master: await lockMaster(await keyFromPin(pin, salt, iterations), device, MASTER_PLACE, master) }
}

async function lockByCode(secret: Bytes, number: number, device: CryptoKey, master: Bytes, open: OpenKeys): Promise<Recovery> {
  const key = await keyFromCode(await readRecoveryCode(await makeRecoveryCode(secret, number)))
  const locked = await lockMaster(key, device, RECOVERY_PLACE, master)
  return { number, master: locked, secret: await sealFor(open.seed, RECOVERY_PLACE, secret) }
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
