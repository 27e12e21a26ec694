import type { Messages } from '../de'

export const photo: Messages['photo'] = {
  take: 'Faceți o fotografie',
  choose: 'Alegeți o imagine',
  retake: 'Fotografiați din nou',
  use: 'Folosiți fotografia',
  shutter: 'Fotografiați',
  remove: 'Eliminați fotografia',
  working: 'Fotografia se pregătește …',
  alt: 'Fotografia făcută',
  stripped: 'Păstrată fără loc și fără datele aparatului.',
}
