import type { Messages } from '../de'

export const video: Messages['video'] = {
  take: 'Faceți un videoclip',
  start: 'Începeți înregistrarea',
  stop: 'Opriți înregistrarea',
  use: 'Folosiți videoclipul',
  hint: 'Cel mult {limit} minute.',
  running: 'Se înregistrează: {time} din {limit}, {size}',
  done: '{time}, {size}',
  working: 'Videoclipul se salvează …',
}
