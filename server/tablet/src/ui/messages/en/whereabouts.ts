import type { Messages } from '../de'

export const whereabouts: Messages['whereabouts'] = {
  tablet: 'On this tablet',
  node: 'At the field node',
  central: 'At central',
  safe: 'Safe',
  quarantined: 'Put on hold at central',
  conflict: 'Held twice, both kept',
  set_aside: 'Set aside on this tablet',
}
