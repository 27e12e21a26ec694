import type { Messages } from '../de'

export const barcode: Messages['barcode'] = {
  scan: 'Kodu kamerayla oku',
  scanAgain: 'Yeniden oku',
  aim: 'Kodu çerçevenin içinde tutun. Kendiliğinden okunur.',
  slow: 'Henüz bir şey bulunamadı. Tableti bir karış uzakta sabit tutun ve ışığa dikkat edin.',
  loading: 'Okuyucu hazırlanıyor …',
  read: 'Okundu: {code}',
}
