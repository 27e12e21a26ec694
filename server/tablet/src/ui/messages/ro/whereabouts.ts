import type { Messages } from '../de'

export const whereabouts: Messages['whereabouts'] = {
  tablet: 'Pe această tabletă',
  node: 'La calculatorul de teren',
  central: 'La centrală',
  safe: 'Păstrat în siguranță',
  quarantined: 'Pus deoparte la centrală',
  conflict: 'Există de două ori, ambele păstrate',
  set_aside: 'Pus deoparte pe această tabletă',
}
