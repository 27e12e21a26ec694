import type { Messages } from '../de'

export const finish: Messages['finish'] = {
  title: 'The end',
  lead: 'Have a quick look whether all is well. Then the interview is sealed.',
  missing: 'These answers are missing or do not fit:',
  allGood: 'All answers that are needed are there.',
  answered: 'Answered',
  unanswered: 'Without an answer, not needed',
  attachments: 'Photos and files',
  explain: 'Once sealed, nobody can read or change the answers on this tablet any more, not even you.',
  submit: 'Finish and seal',
  working: 'Sealing …',
}
