import type { Messages } from '../de'

export const camera: Messages['camera'] = {
  starting: 'Kamera açılıyor …',
  live: 'Kameranın görüntüsü',
  again: 'Yeniden dene',
  turn: 'Diğer kamera',
  light: 'Işığı aç',
  dark: 'Işığı kapat',
}
