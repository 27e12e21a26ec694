import type { Messages } from '../de'

export const unlock: Messages['unlock'] = {
  title: 'Bine ați revenit',
  pin: 'PIN-ul dumneavoastră',
  submit: 'Deschideți',
  working: 'Un moment …',
  wait: 'Vă rugăm să mai așteptați (secunde: {seconds}).',
  forgotten: 'Ați uitat PIN-ul? Interviurile încheiate nu se pierd. Sunați la conducerea proiectului.',
  delete: 'Ștergeți ultima cifră',
}
