import type { Messages } from '../de'

export const done: Messages['done'] = {
  title: 'Sigilat',
  text: 'Interviul este încheiat. Pe această tabletă nu îl mai poate citi nimeni.',
  next: 'Va fi predat de îndată ce calculatorul de teren sau centrala poate fi contactată. Nu mai aveți nimic de făcut.',
  home: 'La pagina de start',
}
