import type { Messages } from '../de'

export const whereabouts: Messages['whereabouts'] = {
  tablet: 'Bu tablette',
  node: 'Saha bilgisayarında',
  central: 'Merkezde',
  safe: 'Güvenle saklanıyor',
  quarantined: 'Merkezde beklemeye alındı',
  conflict: 'İki kez var, ikisi de saklandı',
  set_aside: 'Bu tablette kenara ayrıldı',
}
