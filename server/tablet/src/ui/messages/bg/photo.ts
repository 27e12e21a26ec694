import type { Messages } from '../de'

export const photo: Messages['photo'] = {
  take: 'Направи снимка',
  choose: 'Избери снимка',
  retake: 'Снимай отново',
  remove: 'Премахни снимката',
  removeTitle: 'Да се премахне ли тази снимка?',
  removeYes: 'Да, премахни',
  working: 'Снимката се подготвя …',
  alt: 'Направена снимка',
  stripped: 'Запазена без данни за място и устройство.',
}
