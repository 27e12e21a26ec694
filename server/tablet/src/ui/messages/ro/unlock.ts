import type { Messages } from '../de'

export const unlock: Messages['unlock'] = {
  title: 'Bine ați revenit',
  pin: 'PIN-ul dumneavoastră',
  submit: 'Deschideți',
  working: 'Un moment …',
  wait: 'Vă rugăm să mai așteptați (secunde: {seconds}).',
  passkey: 'Apoi tableta cere degetul sau fața.',
}
