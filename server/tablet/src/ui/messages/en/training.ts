import type { Messages } from '../de'

export const training: Messages['training'] = {
  title: 'Training mode',
  explain: 'To try things out: you conduct an interview as always, but it counts nowhere.',
  start: 'Turn on training mode',
  end: 'Leave training mode',
  banner: 'Training mode',
  bannerText: 'What you begin now is marked as training and does not count.',
  mark: 'Training',
  begin: 'Begin training',
  interview: 'Training: does not count',
}
