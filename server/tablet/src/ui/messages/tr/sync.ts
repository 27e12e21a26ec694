import type { Messages } from '../de'

export const sync: Messages['sync'] = {
  title: 'Eşitleme',
  now: 'Şimdi eşitle',
  idle: 'Hazır',
  contacting: 'Bağlantı aranıyor …',
  delivering: 'Görüşmeler teslim ediliyor …',
  fetching: 'Soru formları ve alındılar getiriliyor …',
  never: 'Henüz hiç bağlanmadı',
  last: 'Son bağlantı: {when}',
  lastPlace: 'bağlantı yeri: {place}',
  central: 'merkez',
  node: 'saha bilgisayarı {id}',
  alarm: 'Dikkat',
}
