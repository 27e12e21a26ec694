import type { Messages } from '../de'

export const card: Messages['card'] = {
  open: 'Görüşülen kişi için kart',
  show: 'Bu kart görüşülen kişi içindir: fotoğrafını çeksin ya da not alsın.',
  explain:
    'Bu kodla daha sonra soru sorabilir, onayınızı geri alabilir veya yanıtlarınızın silinmesini isteyebilirsiniz. Adınız içinde yer almaz.',
  qr: 'QR kodu olarak kod',
  large: 'Büyük göster',
  print: 'Yazdır',
}
