import type { Messages } from '../de'

export const barcode: Messages['barcode'] = {
  scan: 'Citiți codul cu camera',
  scanAgain: 'Citiți din nou',
  aim: 'Țineți codul în cadru. Este citit de la sine.',
  slow: 'Încă nimic recunoscut. Țineți tableta nemișcată, la o palmă distanță, și aveți grijă să fie lumină.',
  loading: 'Cititorul se pregătește …',
  read: 'Citit: {code}',
}
