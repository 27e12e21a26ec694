/** Bytes as WebCrypto and IndexedDB take them: never a view of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** UTF-8. */
export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

/** Reads UTF-8. Raises `TypeError` for other bytes. */
export function fromUtf8(bytes: BufferSource): string {
  return decoder.decode(bytes)
}

/** Lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (value) => value.toString(16).padStart(2, '0')).join('')
}

/** SHA-256 in lower-case hexadecimal. */
export async function sha256Hex(bytes: BufferSource): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** Cryptographically random bytes. */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** A random id of 128 bits, in hexadecimal. */
export function randomId(): string {
  return hex(randomBytes(16))
}

/** Joins byte arrays. */
export function join(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
