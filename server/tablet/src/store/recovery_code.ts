import { TabletError } from '../services'
import { hex, sha256Hex, utf8, type Bytes } from './bytes'

/** Crockford's base 32: no letter that is taken for a digit. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Letters that carry the secret: 130 bits. */
const SECRET = 26
/** Letters that tell a slip of the pen. */
const CHECK = 2

/** Code `number` (from 1) of a secret of 32 bytes, in groups of four, as the project office reads it over the telephone. */
export async function makeRecoveryCode(secret: Bytes, number: number): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = utf8(`feldbuch/1/tablet/recovery/${number}`)
  const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info }, key, 136)
  const value = BigInt(`0x${hex(new Uint8Array(bits))}`) >> 6n
  const letters = Array.from({ length: SECRET }, (_, at) => LETTERS[Number((value >> BigInt(5 * (SECRET - 1 - at))) & 31n)]).join('')
  return (letters + (await check(letters))).replace(/(.{4})(?=.)/g, '$1-')
}

/** The secret in a code as somebody typed it. Raises `recovery.malformed` for a code that nobody can have given. */
export async function readRecoveryCode(typed: string): Promise<string> {
  const code = typed.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1').replace(/[\s-]/g, '')
  const secret = code.slice(0, SECRET)
  if (code.length !== SECRET + CHECK || code.slice(SECRET) !== (await check(secret))) {
    throw new TabletError('recovery.malformed')
  }
  return secret
}

async function check(secret: string): Promise<string> {
  const number = parseInt((await sha256Hex(utf8(secret))).slice(0, 3), 16)
  return (LETTERS[number >> 7] ?? '') + (LETTERS[(number >> 2) & 31] ?? '')
}
