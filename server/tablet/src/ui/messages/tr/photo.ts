import type { Messages } from '../de'

export const photo: Messages['photo'] = {
  take: 'Fotoğraf çek',
  choose: 'Resim seç',
  retake: 'Yeniden çek',
  use: 'Fotoğrafı kullan',
  shutter: 'Çek',
  remove: 'Fotoğrafı kaldır',
  working: 'Fotoğraf hazırlanıyor …',
  alt: 'Çekilen fotoğraf',
  stripped: 'Konum ve cihaz bilgisi olmadan saklandı.',
}
