import type { Messages } from '../de'

export const enrol: Messages['enrol'] = {
  title: 'Înregistrați această tabletă',
  lead: 'Astfel tableta va aparține unui studiu. După aceea funcționează și fără rețea.',
  study: 'Studiu',
  site: 'Loc',
  interviewer: 'Cod de operator',
  central: 'Centrală',
  check: 'Dacă ceva nu este corect, opriți-vă și întrebați conducerea proiectului.',
  pin: 'PIN nou',
  pinHint: 'Cel puțin 6 cifre. Aveți nevoie de PIN de fiecare dată când deschideți aplicația.',
  pinRepeat: 'PIN-ul încă o dată',
  pinShort: 'PIN-ul nu are încă 6 cifre.',
  pinDigits: 'Un PIN este format numai din cifre.',
  pinSimple: 'Acest PIN este prea ușor de ghicit. Amestecați cifrele.',
  pinDiffers: 'Cele două PIN-uri sunt diferite.',
  submit: 'Înregistrați tableta',
  working: 'Tableta își creează cheile și se înregistrează. Durează puțin …',
  done: 'Tableta este înregistrată.',
  persistedYes: 'Browserul a promis că nu va șterge datele acestei tablete.',
  begin: 'La pagina de start',
  noLinkTitle: 'Această tabletă nu este încă înregistrată',
  noLink:
    'Deschideți pe această tabletă linkul de înregistrare primit de la conducerea proiectului. Sau lipiți-l aici:',
  link: 'Link de înregistrare',
  useLink: 'Verificați linkul',
}
