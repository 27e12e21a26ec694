import type { Messages } from '../de'

export const question: Messages['question'] = {
  more: 'Mai multe despre aceasta',
  required: 'Răspuns necesar',
  missing: 'Aici lipsește încă răspunsul.',
  invalid: 'Acest răspuns nu se potrivește. Vă rugăm să îl verificați.',
  wholeNumber: 'Vă rugăm, un număr întreg, numai cifre.',
  number: 'Vă rugăm, un număr, de exemplu 12,5.',
  many: 'Sunt posibile mai multe răspunsuri',
  clear: 'Ștergeți răspunsul',
  search: 'Căutați în listă',
  noMatch: 'Nu s-a găsit nimic.',
  notAnswered: 'încă fără răspuns',
  done: 'Gata',
  rank: 'Atingeți răspunsurile în ordinea dorită.',
  rankUp: 'Mai sus: {label}',
  rankDown: 'Mai jos: {label}',
  barcode: 'Scrieți codul',
  unrendered: 'Aplicația nu poate afișa încă această întrebare.',
  unrenderedHint: 'Scrieți răspunsul pe hârtie și anunțați conducerea proiectului. Întrebarea este de tipul „{type}”.',
}
