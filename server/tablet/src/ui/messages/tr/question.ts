import type { Messages } from '../de'

export const question: Messages['question'] = {
  more: 'Daha fazla bilgi',
  required: 'Cevap gerekli',
  missing: 'Buradaki cevap henüz eksik.',
  invalid: 'Bu cevap uygun değil. Lütfen kontrol edin.',
  wholeNumber: 'Lütfen bir tam sayı, yalnızca rakam.',
  number: 'Lütfen bir sayı, örneğin 12,5.',
  many: 'Birden fazla cevap verilebilir',
  clear: 'Cevabı sil',
  search: 'Listede ara',
  noMatch: 'Bir şey bulunamadı.',
  notAnswered: 'henüz cevap yok',
  done: 'Tamam',
  rank: 'Cevaplara istediğiniz sırayla dokunun.',
  rankUp: 'Yukarı: {label}',
  rankDown: 'Aşağı: {label}',
  barcode: 'Kodu yazın',
  unrendered: 'Uygulama bu soruyu henüz gösteremiyor.',
  unrenderedHint: 'Cevabı kâğıda yazın ve proje yönetimine bildirin. Sorunun türü: “{type}”.',
}
