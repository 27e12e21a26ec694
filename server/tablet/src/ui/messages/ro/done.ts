import type { Messages } from '../de'

export const done: Messages['done'] = {
  next: 'Va fi predat de îndată ce calculatorul de teren sau centrala poate fi contactată. Nu mai aveți nimic de făcut.',
  home: 'La pagina de start',
}
