import type { Messages } from '../de'

export const done: Messages['done'] = {
  title: 'Mühürlendi',
  text: 'Görüşme tamamlandı. Bu tablette artık kimse okuyamaz.',
  next: 'Saha bilgisayarına veya merkeze ulaşılınca teslim edilir. Başka bir şey yapmanız gerekmez.',
  home: 'Ana sayfaya',
}
