import type { Messages } from '../de'

export const camera: Messages['camera'] = {
  starting: 'Opening the camera …',
  live: 'What the camera sees',
  again: 'Try again',
  turn: 'Other camera',
  light: 'Light on',
  dark: 'Light off',
}
