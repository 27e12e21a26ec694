import type { Messages } from '../de'

export const camera: Messages['camera'] = {
  starting: 'Камерата се отваря …',
  live: 'Картина от камерата',
  again: 'Опитай отново',
  turn: 'Другата камера',
  light: 'Включи светлината',
  dark: 'Изключи светлината',
}
