import type { Messages } from '../de'

export const camera: Messages['camera'] = {
  starting: 'Camera se deschide …',
  live: 'Imaginea camerei',
  again: 'Încercați din nou',
  turn: 'Cealaltă cameră',
  light: 'Lumină pornită',
  dark: 'Lumină oprită',
}
