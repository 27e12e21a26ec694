import type { Messages } from '../de'

export const file: Messages['file'] = {
  audio: 'Alegeți o înregistrare audio',
  video: 'Alegeți un videoclip',
  file: 'Alegeți un fișier',
  replace: 'Alegeți altul',
  remove: 'Eliminați',
  removed: 'Eliminat.',
  attached: 'Atașat: {size}',
}
