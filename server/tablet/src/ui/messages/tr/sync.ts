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
  waiting: 'Henüz güvende olmayanlar',
  clockAhead: 'Tabletin saati {time} ileri. Lütfen tarihi ve saati tabletin ayarlarında düzeltin.',
  clockBehind: 'Tabletin saati {time} geri. Lütfen tarihi ve saati tabletin ayarlarında düzeltin; o zamana kadar bağlantı kurulamayabilir.',
  progress: '{ofParts} bölümden {parts} tanesi teslim edildi, {bytes} / {ofBytes}',
  sendAnyway: 'Yine de şimdi gönder',
  metered: 'Bu bağlantı kullanılan miktara göre ücretlidir. Cevaplar yine de gönderilir; fotoğraflar ve kayıtlar ({count} bölüm, {bytes}) Wi-Fi bekler.',
  weak: 'Bağlantı zayıf. Cevaplar yine de gönderilir; fotoğraflar ve kayıtlar ({count} bölüm, {bytes}) daha iyi bir bağlantı bekler.',
}
