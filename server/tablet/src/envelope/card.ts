/** The code of a respondent's card: twelve letters that none is taken for another, the last one a check (FORMAT.md). */
import { randomBytes } from '../store/bytes'

const ALPHABET = '34679ACDEFGHJKMNPQRTWXY'
const LENGTH = 12
const GROUP = 4

function weighted(values: readonly number[]): number {
  return values.reduce((sum, value, at) => sum + (at + 1) * value, 0) % ALPHABET.length
}

/** A new random code: 23^11 are possible, so that nobody finds one by trying. */
export function newCardCode(): string {
  const values: number[] = []
  // Only bytes below the largest multiple of 23, so that no letter is likelier than another.
  const fair = 256 - (256 % ALPHABET.length)
  while (values.length < LENGTH - 1) {
    for (const byte of randomBytes(LENGTH)) {
      if (byte < fair && values.length < LENGTH - 1) values.push(byte % ALPHABET.length)
    }
  }
  const check = [...ALPHABET].findIndex((_, value) => weighted([...values, value]) === 0)
  return [...values, check].map((value) => ALPHABET.charAt(value)).join('')
}

/** Whether this is a code whose check letter holds. */
export function isCardCode(text: string): boolean {
  const values = [...text].map((letter) => ALPHABET.indexOf(letter))
  return values.length === LENGTH && !values.includes(-1) && weighted(values) === 0
}

/** The code as it is shown: in groups of four. */
export function groupsOf(code: string): readonly string[] {
  return Array.from({ length: Math.ceil(code.length / GROUP) }, (_, at) => code.slice(at * GROUP, (at + 1) * GROUP))
}
