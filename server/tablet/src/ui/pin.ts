/** Whether a new PIN can stand. A PIN is a gate, no fortress: this only keeps out what anybody would try first. */

export const PIN_LENGTH = 6

export type PinProblem = 'pinDigits' | 'pinShort' | 'pinSimple' | 'pinDiffers'

function isSimple(pin: string): boolean {
  const digits = [...pin].map(Number)
  const steps = new Set(digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10))
  const [step] = steps
  return steps.size === 1 && (step === 0 || step === 1 || step === 9)
}

/** The first thing that is wrong with a PIN and its repetition, or null. */
export function pinProblem(pin: string, repeated: string): PinProblem | null {
  if (!/^\d*$/u.test(pin)) return 'pinDigits'
  if (pin.length < PIN_LENGTH) return 'pinShort'
  if (isSimple(pin)) return 'pinSimple'
  return pin === repeated ? null : 'pinDiffers'
}
