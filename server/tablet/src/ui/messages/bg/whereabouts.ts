import type { Messages } from '../de'

export const whereabouts: Messages['whereabouts'] = {
  tablet: 'На този таблет',
  node: 'При полевия компютър',
  central: 'В централата',
  safe: 'На сигурно място',
  quarantined: 'Задържано в централата',
  conflict: 'Налично два пъти, запазени са и двете',
  set_aside: 'Оставено настрана на този таблет',
}
