import type { Messages } from '../de'

export const app: Messages['app'] = {
  name: 'Feldbuch',
  starting: 'Feldbuch се отваря …',
  language: 'Език на приложението',
  close: 'Затвори',
  cancel: 'Отказ',
  undo: 'Върни обратно',
  whatToDo: 'Какво помага:',
  code: 'Код: {code}',
  opening: 'Въпросникът се отваря …',
}
