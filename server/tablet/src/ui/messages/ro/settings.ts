import type { Messages } from '../de'

export const settings: Messages['settings'] = {
  title: 'Setări',
  done: 'Gata',
  textSize: 'Mărimea textului',
  sizeNormal: 'Normală',
  sizeLarger: 'Mai mare',
  sizeLarge: 'Mare',
  sizeLargest: 'Foarte mare',
  brightness: 'Luminozitate',
  contrast: 'Contrast',
  likeDevice: 'Ca la tabletă',
  light: 'Luminos',
  dark: 'Întunecat',
  high: 'Puternic',
  sunHint: 'La soare ajută „Luminos” cu contrast puternic.',
  lock: 'Se blochează singură',
  lockMinutes: 'după {count} min.',
  lockHint: 'Atât timp după ultima atingere. Studiul permite cel mult {most} minute.',
  about: 'Această tabletă',
  version: 'Feldbuch, versiunea {version}',
  device: 'Codul dispozitivului {id}',
}
