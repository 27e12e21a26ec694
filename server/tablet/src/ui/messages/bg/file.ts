import type { Messages } from '../de'

export const file: Messages['file'] = {
  audio: 'Избери звукозапис',
  video: 'Избери видео',
  file: 'Избери файл',
  replace: 'Избери друг',
  remove: 'Премахни',
  removed: 'Премахнато.',
  attached: 'Приложено: {size}',
}
