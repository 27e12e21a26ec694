import type { Messages } from '../de'

export const file: Messages['file'] = {
  audio: 'Избери звукозапис',
  video: 'Избери видео',
  file: 'Избери файл',
  replace: 'Избери друг',
  remove: 'Премахни',
  removeTitle: 'Да се премахне ли този файл?',
  attached: 'Приложено: {size}',
}
