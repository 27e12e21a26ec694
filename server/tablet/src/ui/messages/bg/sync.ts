import type { Messages } from '../de'

export const sync: Messages['sync'] = {
  title: 'Синхронизация',
  now: 'Синхронизирай сега',
  idle: 'Готово',
  contacting: 'Търси връзка …',
  delivering: 'Предава интервюта …',
  fetching: 'Взема въпросници и разписки …',
  never: 'Още няма осъществена връзка',
  last: 'Последна връзка: {when}',
  lastPlace: 'с {place}',
  central: 'централата',
  node: 'полевия компютър {id}',
  alarm: 'Внимание',
}
