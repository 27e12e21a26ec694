import type { Messages } from '../de'

export const unlock: Messages['unlock'] = {
  title: 'Добре дошли отново',
  pin: 'Вашият ПИН',
  submit: 'Отвори',
  working: 'Един момент …',
  wait: 'Моля, изчакайте още {seconds} секунди.',
  passkey: 'След това таблетът пита за пръст или лице.',
}
