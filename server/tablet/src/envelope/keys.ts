/** Keys and their ids: X-Wing for recipients, P-256 and Ed25519 for signatures (FORMAT.md). */
import { sha256 } from '@hpke/common'

import { hex, join, type Bytes } from '../store/bytes'
import { EnvelopeError } from './errors'

export const SUITE_NAME = 'xwing-hkdfsha256-aes256gcm'
export const SEED_SIZE = 32
export const RECIPIENT_PUBLIC_SIZE = 1216
export const ENC_SIZE = 1120
export const SIGNER_PUBLIC_SIZE = 65
export const SIGNATURE_SIZE = 64

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' }

/** Who signs covers and documents: the private key may be non-extractable; the public one has 65 bytes. */
export interface Signer {
  readonly privateKey: CryptoKey
  readonly publicKey: Bytes
}

function shortId(publicKey: Bytes): string {
  const digest = sha256.create().update(publicKey).digest()
  let text = ''
  for (let letter = 0; letter < 32; letter += 1) {
    const bit = letter * 5
    const pair = ((digest[bit >> 3] ?? 0) << 8) | (digest[(bit >> 3) + 1] ?? 0)
    text += BASE32.charAt((pair >> (11 - (bit & 7))) & 31)
  }
  return text
}

/** The id of a device or node: of its public signing key (65 bytes). */
export function deviceId(publicKey: Bytes): string {
  if (publicKey.length !== SIGNER_PUBLIC_SIZE) throw new RangeError('a public signing key has 65 bytes')
  return shortId(publicKey)
}

/** The id of a recipient's public key (1216 bytes). */
export function keyId(publicKey: Bytes): string {
  if (publicKey.length !== RECIPIENT_PUBLIC_SIZE) throw new RangeError("a recipient's public key has 1216 bytes")
  return shortId(publicKey)
}

/** SHA-256 in hexadecimal, without waiting; for small things. */
export function hashOf(bytes: Uint8Array): string {
  return hex(sha256.create().update(bytes).digest())
}

/** The public key (1216 bytes) of a 32-byte X-Wing seed. */
export async function recipientPublicBytes(seed: Bytes): Promise<Bytes> {
  if (seed.length !== SEED_SIZE) throw new RangeError('a seed has 32 bytes')
  const { kem, suite } = await import('./suite')
  const pair = await kem.generateKeyPairDerand(new Uint8Array(seed))
  return new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey))
}

/** The signer of a WebCrypto key pair for ECDSA over P-256, whose public half is extractable. */
export async function signerOf(pair: CryptoKeyPair): Promise<Signer> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return { privateKey: pair.privateKey, publicKey }
}

/** ECDSA over P-256 with SHA-256, `r || s` with the low s (64 bytes). */
export async function signP256(key: CryptoKey, message: Bytes): Promise<Bytes> {
  const signature = new Uint8Array(await crypto.subtle.sign(ECDSA, key, message))
  const s = scalar(signature.subarray(32))
  if (s <= P256_ORDER >> 1n) return signature
  return join([signature.subarray(0, 32), scalarBytes(P256_ORDER - s)])
}

/**
 * Checks what `signP256` made. Raises `EnvelopeError` `envelope.signature.wrong`, also for a high s or a key that is
 * no point.
 */
export async function verifyP256(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<void> {
  const sizes = publicKey.length === SIGNER_PUBLIC_SIZE && signature.length === SIGNATURE_SIZE
  if (!sizes || scalar(signature.subarray(32)) > P256_ORDER >> 1n) throw new EnvelopeError('envelope.signature.wrong')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  await verify(publicKey, algorithm, ECDSA, message, signature)
}

/** Checks a signature, and that the key is the one whose id is `signerId`. Raises `envelope.signature.wrong`. */
export async function verifySigner(
  publicKey: Bytes,
  signerId: string,
  message: Bytes,
  signature: Bytes,
): Promise<void> {
  if (deviceId(publicKey) !== signerId) throw new EnvelopeError('envelope.signature.wrong')
  await verifyP256(publicKey, message, signature)
}

/** Checks a signature of central, by its public key (32 bytes). Raises `envelope.signature.wrong`. */
export async function verifyEd25519(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<void> {
  await verify(publicKey, { name: 'Ed25519' }, { name: 'Ed25519' }, message, signature)
}

async function verify(
  publicKey: Bytes,
  algorithm: EcKeyImportParams | Algorithm,
  scheme: EcdsaParams | Algorithm,
  message: Bytes,
  signature: Bytes,
): Promise<void> {
  let cause: unknown
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, algorithm, false, ['verify'])
    if (await crypto.subtle.verify(scheme, key, signature, message)) return
  } catch (error) {
    // A key that is no point. A browser without the algorithm must not look like a forged signature.
    if (error instanceof DOMException && error.name === 'NotSupportedError') throw error
    cause = error
  }
  throw new EnvelopeError('envelope.signature.wrong', {}, { cause })
}

function scalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(bytes)}`)
}

function scalarBytes(value: bigint): Bytes {
  const digits = value.toString(16).padStart(64, '0')
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16))
}
