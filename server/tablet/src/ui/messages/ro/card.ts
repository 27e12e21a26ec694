import type { Messages } from '../de'

export const card: Messages['card'] = {
  open: 'Cartonaș pentru persoana intervievată',
  show: 'Acest cartonaș este pentru persoana intervievată: să îl fotografieze sau să îl copieze.',
  explain:
    'Cu acest cod puteți pune întrebări mai târziu, vă puteți retrage acordul sau puteți cere ștergerea răspunsurilor. Numele dumneavoastră nu apare în el.',
  qr: 'Codul ca un cod QR',
  large: 'Arată mare',
  print: 'Tipărește',
}
