import type { Messages } from '../de'

export const storage: Messages['storage'] = {
  title: 'Memorie',
  left: '{left} liberi din {quota}',
  persisted: 'Browserul păstrează datele.',
  notPersisted: 'Browserul nu a promis că va păstra datele.',
  ask: 'Întrebați din nou',
  low: 'Spațiul de stocare este pe terminate. Sincronizați curând.',
}
