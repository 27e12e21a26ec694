import type { Messages } from '../de'

export const sync: Messages['sync'] = {
  title: 'Sincronizare',
  now: 'Sincronizați acum',
  idle: 'Pregătit',
  contacting: 'Se caută o legătură …',
  delivering: 'Se predau interviurile …',
  fetching: 'Se aduc chestionare și confirmări …',
  never: 'Încă niciodată conectat',
  last: 'Ultima conectare: {when}',
  lastPlace: 'cu {place}',
  central: 'centrala',
  node: 'calculatorul de teren {id}',
  alarm: 'Atenție',
}
