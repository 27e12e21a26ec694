import type { Messages } from '../de'

export const consent: Messages['consent'] = {
  language: 'În ce limbă vorbim?',
  readAloud: 'Citește cu voce tare',
  stopReading: 'Oprește citirea',
  needed: 'Vă rugăm să cereți mai întâi acordul. Fără răspuns nu se poate continua.',
  thanks: 'Vă mulțumim. Vă respectăm decizia și nu mai punem alte întrebări.',
  onlyRefusal: 'Se consemnează doar refuzul. Toate celelalte se șterg.',
  refuse: 'Consemnează refuzul',
  slip: 'Înapoi, a fost o greșeală',
}
