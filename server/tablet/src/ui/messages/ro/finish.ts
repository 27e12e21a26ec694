import type { Messages } from '../de'

export const finish: Messages['finish'] = {
  title: 'Încheiere',
  lead: 'Verificați pe scurt dacă totul este în regulă. Apoi interviul va fi sigilat.',
  missing: 'Aceste răspunsuri lipsesc încă sau nu se potrivesc:',
  allGood: 'Toate răspunsurile necesare sunt completate.',
  answered: 'Cu răspuns',
  unanswered: 'Fără răspuns, nu este obligatoriu',
  attachments: 'Fotografii și fișiere',
  explain: 'După sigilare, nimeni nu mai poate citi sau schimba răspunsurile pe această tabletă, nici dumneavoastră.',
  submit: 'Încheiați și sigilați',
  working: 'Se sigilează …',
}
