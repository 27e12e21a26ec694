import type { Messages } from '../de'

export const roster: Messages['roster'] = {
  entry: '{label} {number}',
  unnamed: 'Înregistrare',
  empty: 'Încă nimic completat. Adăugați pe rând fiecare persoană sau înregistrare.',
  add: 'Adăugați',
  addNamed: 'Adăugați: {label}',
  edit: 'Modificați',
  remove: 'Eliminați',
  done: 'Gata, înapoi la listă',
  missing: 'lipsește {count} răspuns | răspunsuri lipsă: {count}',
  count: 'completate: {count}',
  controlled: 'Câte sunt rezultă dintr-un alt răspuns.',
  removed: '„{label}” a fost eliminat.',
  undo: 'Anulează',
  undone: '„{label}” a fost adus înapoi.',
}
