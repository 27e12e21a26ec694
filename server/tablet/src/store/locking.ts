import type { AnsweredPasskey } from '../passkey/authenticator'
import { TabletError } from '../services'
import { randomBytes, utf8, type Bytes } from './bytes'
import {
  deriveKey,
  keyFromPin,
  MASTER_PLACE,
  masterByPin,
  openMaster,
  SEED_PLACE,
  unlockMaster,
  type LockedMaster,
  type OpenKeys,
  type Recovery,
  type WrappedKeys,
} from './keys'
import { makeRecoveryCode, readRecoveryCode } from './recovery_code'
import { openFor, sealFor, type Sealed } from './sealed'

/** PBKDF2-SHA256; OWASP's number for it. */
export const ITERATIONS = 600_000

const RECOVERY_PLACE = 'feldbuch/tablet/recovery'

/** Keys of an enrolment that central has not yet answered. The seed has protected nothing so far. */
export interface PendingKeys {
  readonly study: string
  readonly interviewer?: string
  readonly signing: CryptoKeyPair
  readonly device: CryptoKey
  readonly seed: Sealed
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

/** Makes a master key, wraps it by `pin` (and a passkey) and by the device key, and seals the seed under it. */
export async function wrapKeys(
  pin: string,
  device: CryptoKey,
  seed: Bytes,
  iterations = ITERATIONS,
  passkey: AnsweredPasskey | null = null,
): Promise<NewKeys> {
  const master = randomBytes(32)
  const secret = randomBytes(32)
  const open = await openMaster(master.slice())
  const locked = await lockAll(pin, passkey, device, master, iterations)
  const recovery = await lockByCode(secret, 1, device, master, open)
  master.fill(0)
  return { wrapped: { ...locked, recovery, seed: await sealFor(open.seed, SEED_PLACE, seed) }, open, secret }
}

/**
 * Opens the keys by `pin`, and locks them by it and by `passkey`, or by it alone where that is null. `answered`: what the
 * passkey answered that they are locked by so far. Raises as `unwrapKeys`.
 */
export async function relockKeys(
  pin: string,
  keys: WrappedKeys,
  answered: Bytes | null,
  passkey: AnsweredPasskey | null,
): Promise<Omit<NewKeys, 'secret'>> {
  const master = await masterByPin(pin, keys, answered)
  const locked = await lockAll(pin, passkey, keys.device, master, keys.iterations)
  const { recovery, seed } = keys
  return { wrapped: { ...locked, ...(recovery === undefined ? {} : { recovery }), seed }, open: await openMaster(master) }
}

/**
 * Opens the keys by the code whose number is due and locks them by a new PIN (and a new passkey); the code is worth nothing afterwards, and
 * the next one is due. Raises `recovery.malformed`, `recovery.wrong`.
 */
export async function recoverKeys(
  typed: string,
  pin: string,
  keys: WrappedKeys,
  iterations = ITERATIONS,
  passkey: AnsweredPasskey | null = null,
): Promise<Omit<NewKeys, 'secret'>> {
  const codeKey = await keyFromCode(await readRecoveryCode(typed))
  const before = keys.recovery
  const master = before === undefined ? null : await unlockMaster(codeKey, keys.device, RECOVERY_PLACE, before.master)
  if (before === undefined || master === null) throw new TabletError('recovery.wrong')
  const open = await openMaster(master.slice())
  const secret = await openFor(open.seed, RECOVERY_PLACE, before.secret)
  const locked = await lockAll(pin, passkey, keys.device, master, iterations)
  const recovery = await lockByCode(secret, before.number + 1, keys.device, master, open)
  secret.fill(0)
  master.fill(0)
  return { wrapped: { ...locked, recovery, seed: keys.seed }, open }
}

async function lockAll(
  pin: string,
  answered: AnsweredPasskey | null,
  device: CryptoKey,
  master: Bytes,
  iterations: number,
): Promise<Omit<WrappedKeys, 'seed' | 'recovery'>> {
  const salt = randomBytes(32)
  const key = await keyFromPin(pin, answered?.secret ?? null, salt, iterations)
  const passkey = answered === null ? {} : { passkey: { credential: answered.credential, salt: answered.salt } }
  return { salt, iterations, device, ...passkey, master: await lockMaster(key, device, MASTER_PLACE, master) }
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

/** The code is random and long, so that it needs no stretching. */
async function keyFromCode(secret: string): Promise<CryptoKey> {
  return deriveKey(await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveKey']), RECOVERY_PLACE)
}
