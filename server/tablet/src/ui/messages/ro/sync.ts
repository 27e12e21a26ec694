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
  waiting: 'Ce nu este încă în siguranță',
  clockAhead: 'Ceasul tabletei este înainte cu {time}. Vă rugăm să potriviți data și ora în setările tabletei.',
  clockBehind: 'Ceasul tabletei este în urmă cu {time}. Vă rugăm să potriviți data și ora în setările tabletei; până atunci s-ar putea să nu se facă nicio legătură.',
  progress: '{parts} din {ofParts} părți predate, {bytes} din {ofBytes}',
  sendAnyway: 'Trimiteți totuși acum',
  metered: 'Această legătură se plătește după volum. Răspunsurile pleacă totuși; fotografiile și înregistrările (părți: {count}, {bytes}) așteaptă rețeaua Wi-Fi.',
  weak: 'Legătura este slabă. Răspunsurile pleacă totuși; fotografiile și înregistrările (părți: {count}, {bytes}) așteaptă una mai bună.',
}
