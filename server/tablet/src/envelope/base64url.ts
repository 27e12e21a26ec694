/** Base64url (FORMAT.md, Conventions). Apart from the other encodings: home reads an enrolment link and needs none of them. */
import type { Bytes } from '../store/bytes'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Base64url without padding. */
export function b64u(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    for (let letter = 0; letter <= Math.min(left, 3); letter += 1) {
      text += ALPHABET.charAt((group >> (18 - 6 * letter)) & 63)
    }
  }
  return text
}

/** The bytes of a base64url text, or null unless it is exactly what `b64u` would write. */
export function fromB64u(text: string): Bytes | null {
  if (text.length % 4 === 1) return null
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter)
    if (value < 0) return null
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at] = held >> bits
      at += 1
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : null
}
