import type { Messages } from '../de'

export const settings: Messages['settings'] = {
  title: 'Settings',
  done: 'Done',
  textSize: 'Text size',
  sizeNormal: 'Normal',
  sizeLarger: 'Larger',
  sizeLarge: 'Large',
  sizeLargest: 'Very large',
  brightness: 'Brightness',
  contrast: 'Contrast',
  likeDevice: 'As the tablet',
  light: 'Light',
  dark: 'Dark',
  high: 'Strong',
  sunHint: 'In sunlight, “Light” with strong contrast helps.',
  lock: 'Locks by itself',
  lockMinutes: 'after {count} min',
  lockHint: 'So long after the last touch. The study allows {most} minutes at most.',
  about: 'This tablet',
  version: 'Feldbuch version {version}',
  device: 'Device code {id}',
}
