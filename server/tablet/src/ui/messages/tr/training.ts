import type { Messages } from '../de'

export const training: Messages['training'] = {
  title: 'Alıştırma kipi',
  explain: 'Denemek için: Her zamanki gibi görüşme yaparsınız, ama hiçbir yerde sayılmaz.',
  start: 'Alıştırma kipini açın',
  end: 'Alıştırmayı bitirin',
  banner: 'Alıştırma kipi',
  bannerText: 'Şimdi başlattıklarınız alıştırma olarak işaretlenir ve sayılmaz.',
  mark: 'Alıştırma',
  begin: 'Alıştırmaya başlayın',
  interview: 'Alıştırma: sayılmaz',
}
