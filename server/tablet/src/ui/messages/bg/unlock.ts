import type { Messages } from '../de'

export const unlock: Messages['unlock'] = {
  title: 'Добре дошли отново',
  pin: 'Вашият ПИН',
  submit: 'Отвори',
  working: 'Един момент …',
  wait: 'Моля, изчакайте още {seconds} секунди.',
  forgotten: 'Забравихте ПИН кода? Завършените интервюта не се губят. Обадете се на ръководството на проекта.',
  delete: 'Изтрий последната цифра',
}
