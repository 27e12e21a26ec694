import type { Messages } from '../de'

export const video: Messages['video'] = {
  take: 'Заснеми видео',
  start: 'Започни запис',
  stop: 'Спри записа',
  use: 'Използвай видеото',
  hint: 'Най-много {limit} минути.',
  running: 'Записва се: {time} от {limit}, {size}',
  done: '{time}, {size}',
  working: 'Видеото се запазва …',
}
