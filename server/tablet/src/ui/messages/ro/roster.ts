import type { Messages } from '../de'

export const roster: Messages['roster'] = {
  entry: '{label} {number}',
  unnamed: 'Înregistrare',
  empty: 'Încă nimic completat. Adăugați pe rând fiecare persoană sau înregistrare.',
  add: 'Adăugați',
  addNamed: 'Adăugați: {label}',
  edit: 'Modificați',
  remove: 'Eliminați',
  removeTitle: 'Eliminați „{label}”?',
  removeText: 'Răspunsurile din ea vor fi șterse.',
  removeYes: 'Da, eliminați',
  done: 'Gata, înapoi la listă',
  missing: 'lipsește {count} răspuns | răspunsuri lipsă: {count}',
  count: 'completate: {count}',
  controlled: 'Câte sunt rezultă dintr-un alt răspuns.',
}
