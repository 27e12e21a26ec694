/** The marks that tablet and desk share; the file is read into the code, so that they are there without a network. */
import sheet from '../../../../static/design/icons.svg?raw'

export const ICON_NAMES = [
  'tablet',
  'node',
  'central',
  'safe',
  'attention',
  'aside',
  'twice',
  'check',
  'close',
  'next',
  'back',
  'add',
  'remove',
  'edit',
  'list',
  'language',
  'lock',
  'settings',
  'camera',
  'file',
  'sync',
  'offline',
  'online',
  'storage',
  'draft',
  'seal',
  'up',
  'down',
  'search',
  'person',
  'undo',
  'place',
  'pen',
  'barcode',
  'film',
  'light',
  'turn',
  'walk',
  'line',
  'microphone',
  'record',
  'pause',
  'play',
  'stop',
  'flag',
  'calendar',
  'clock',
  'star',
  'minus',
  'grip',
  'compass',
  'sound',
  'fingerprint',
] as const

export type IconName = (typeof ICON_NAMES)[number]

const PATHS: ReadonlyMap<string, string> = new Map(
  [...sheet.matchAll(/<symbol id="(\w+)"[^>]*><path d="([^"]+)"/gu)].map(([, name = '', path = '']) => [name, path]),
)

export function pathOf(name: IconName): string {
  return PATHS.get(name) ?? ''
}
