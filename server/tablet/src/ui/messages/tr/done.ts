import type { Messages } from '../de'

export const done: Messages['done'] = {
  next: 'Saha bilgisayarına veya merkeze ulaşılınca teslim edilir. Başka bir şey yapmanız gerekmez.',
  home: 'Ana sayfaya',
}
