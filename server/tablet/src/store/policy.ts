import { TabletError, type Policy } from '../services'

/** What holds where the study demands nothing else (key `tablet` of its entry of the feed). */
export const DEFAULT_POLICY: Policy = { lockAfter: 5, protection: 'pin', least: 6, passkey: 'offered' }
const LEAST_PASSPHRASE = 12

/** Reads the demands. What is missing or impossible is as the default: a tablet never stands open for a typing error. */
export function policyBody(value: unknown): Policy {
  if (typeof value !== 'object' || value === null) return DEFAULT_POLICY
  const { lock_after, draft_protection, least_length, passkey } = value as Readonly<Record<string, unknown>>
  const protection = draft_protection === 'passphrase' ? 'passphrase' : 'pin'
  const floor = protection === 'pin' ? DEFAULT_POLICY.least : LEAST_PASSPHRASE
  return {
    lockAfter: within(lock_after, 1, 60) ?? DEFAULT_POLICY.lockAfter,
    protection,
    least: within(least_length, floor, 64) ?? floor,
    passkey: passkey === 'demanded' ? 'demanded' : 'offered',
  }
}

function within(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : null
}

/** Whether a new PIN or passphrase is as the study demands. Raises `pin.malformed`, `passphrase.malformed`, with `least`. */
export function checkSecret(secret: string, { protection, least }: Policy): void {
  const fits = secret.length >= least && secret.length <= 256
  if (protection === 'pin' && !(fits && /^\d{1,64}$/.test(secret))) throw new TabletError('pin.malformed', { least })
  if (!fits) throw new TabletError('passphrase.malformed', { least })
}
