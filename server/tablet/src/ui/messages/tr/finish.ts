import type { Messages } from '../de'

export const finish: Messages['finish'] = {
  title: 'Bitiş',
  lead: 'Her şey doğru mu, kısaca bakın. Sonra görüşme mühürlenir.',
  missing: 'Bu cevaplar henüz eksik veya uygun değil:',
  allGood: 'Gerekli cevapların hepsi var.',
  answered: 'Cevaplandı',
  unanswered: 'Cevap yok, gerekli de değil',
  attachments: 'Fotoğraflar ve dosyalar',
  explain: 'Mühürledikten sonra bu tabletteki cevapları kimse okuyamaz ve değiştiremez, siz de.',
  submit: 'Bitir ve mühürle',
  working: 'Mühürleniyor …',
}
