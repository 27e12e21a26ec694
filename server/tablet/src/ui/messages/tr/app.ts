import type { Messages } from '../de'

export const app: Messages['app'] = {
  name: 'Feldbuch',
  starting: 'Feldbuch açılıyor …',
  language: 'Uygulamanın dili',
  close: 'Kapat',
  cancel: 'Vazgeç',
  undo: 'Geri al',
  whatToDo: 'Ne yapabilirsiniz:',
  code: 'Kod: {code}',
  opening: 'Soru formu açılıyor …',
}
