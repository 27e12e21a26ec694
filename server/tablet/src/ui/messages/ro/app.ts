import type { Messages } from '../de'

export const app: Messages['app'] = {
  name: 'Feldbuch',
  starting: 'Feldbuch se deschide …',
  language: 'Limba aplicației',
  close: 'Închideți',
  cancel: 'Anulați',
  undo: 'Înapoi la cum era',
  whatToDo: 'Ce ajută:',
  code: 'Cod: {code}',
  opening: 'Chestionarul se deschide …',
}
