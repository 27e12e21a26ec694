import type { Messages } from '../de'

export const video: Messages['video'] = {
  take: 'Video çek',
  start: 'Kaydı başlat',
  stop: 'Kaydı bitir',
  use: 'Videoyu kullan',
  hint: 'En fazla {limit} dakika.',
  running: 'Kayıt sürüyor: {time} / {limit}, {size}',
  done: '{time}, {size}',
  working: 'Video kaydediliyor …',
}
