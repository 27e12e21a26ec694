import type { Messages } from '../de'

export const photo: Messages['photo'] = {
  take: 'Направи снимка',
  choose: 'Избери снимка',
  retake: 'Снимай отново',
  use: 'Използвай снимката',
  shutter: 'Снимай',
  remove: 'Премахни снимката',
  working: 'Снимката се подготвя …',
  alt: 'Направена снимка',
  stripped: 'Запазена без данни за място и устройство.',
}
