import type { Messages } from '../de'

export const app: Messages['app'] = {
  name: 'Feldbuch',
  starting: 'Opening Feldbuch …',
  language: 'Language of the app',
  close: 'Close',
  cancel: 'Cancel',
  undo: 'Undo',
  whatToDo: 'What helps:',
  code: 'Code: {code}',
  opening: 'Opening the questionnaire …',
}
