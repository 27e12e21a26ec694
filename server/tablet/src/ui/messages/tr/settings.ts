import type { Messages } from '../de'

export const settings: Messages['settings'] = {
  title: 'Ayarlar',
  done: 'Tamam',
  textSize: 'Yazı boyutu',
  sizeNormal: 'Normal',
  sizeLarger: 'Daha büyük',
  sizeLarge: 'Büyük',
  sizeLargest: 'Çok büyük',
  brightness: 'Parlaklık',
  contrast: 'Kontrast',
  likeDevice: 'Tabletteki gibi',
  light: 'Açık',
  dark: 'Koyu',
  high: 'Güçlü',
  sunHint: 'Güneşte, güçlü kontrastla birlikte “Açık” seçeneği yardımcı olur.',
  lock: 'Kendiliğinden kilitlenir',
  lockMinutes: '{count} dk. sonra',
  lockHint: 'Son dokunuştan sonra geçen süre. Araştırma en çok {most} dakikaya izin verir.',
  about: 'Bu tablet',
  version: 'Feldbuch sürüm {version}',
  device: 'Cihaz kodu {id}',
}
