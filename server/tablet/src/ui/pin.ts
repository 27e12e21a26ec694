/** Whether a new PIN or passphrase can stand. A PIN is a gate, no fortress: this only keeps out what anybody would try first. */
import type { Policy } from '../services'

export type PinProblem = 'pinDigits' | 'pinShort' | 'pinSimple' | 'pinDiffers'
export type SecretProblem = PinProblem | 'phraseShort' | 'phraseDiffers'

function isSimple(pin: string): boolean {
  const digits = [...pin].map(Number)
  const steps = new Set(digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10))
  const [step] = steps
  return steps.size === 1 && (step === 0 || step === 1 || step === 9)
}

/** What the fields of a new PIN or passphrase are asked. */
export interface SecretFields {
  /** Whether it can stand; if not, the fields say what is wrong. */
  readonly check: () => boolean
  readonly clear: () => void
}

/** The first thing that is wrong with a PIN of at least `least` digits and its repetition, or null. */
export function pinProblem(pin: string, repeated: string, least = 6): PinProblem | null {
  if (!/^\d*$/u.test(pin)) return 'pinDigits'
  if (pin.length < least) return 'pinShort'
  if (isSimple(pin)) return 'pinSimple'
  return pin === repeated ? null : 'pinDiffers'
}

/** The first thing that is wrong with a new PIN or passphrase, or null. */
export function secretProblem(
  secret: string,
  repeated: string,
  { protection, least }: Pick<Policy, 'protection' | 'least'>,
): SecretProblem | null {
  if (protection === 'pin') return pinProblem(secret, repeated, least)
  // One letter held down is as long as any.
  if (secret.length < least || new Set(secret).size < 5) return 'phraseShort'
  return secret === repeated ? null : 'phraseDiffers'
}
