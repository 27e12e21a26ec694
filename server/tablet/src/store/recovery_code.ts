import { TabletError } from '../services'
import { randomBytes, sha256Hex, utf8 } from './bytes'

/** Crockford's base 32: no letter that is taken for a digit. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Letters that carry the secret: 130 bits. */
const SECRET = 26
/** Letters that tell a slip of the pen. */
const CHECK = 2

/** A new code in groups of four, to be read over the telephone. */
export async function makeRecoveryCode(): Promise<string> {
  const secret = Array.from(randomBytes(SECRET), (value) => LETTERS[value % 32]).join('')
  return (secret + (await check(secret))).replace(/(.{4})(?=.)/g, '$1-')
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
