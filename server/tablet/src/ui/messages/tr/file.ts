import type { Messages } from '../de'

export const file: Messages['file'] = {
  audio: 'Ses kaydı seç',
  video: 'Video seç',
  file: 'Dosya seç',
  replace: 'Başkasını seç',
  remove: 'Kaldır',
  removed: 'Kaldırıldı.',
  attached: 'Eklendi: {size}',
}
