import type { Messages } from '../de'

export const passkey: Messages['passkey'] = {
  title: 'Parmak izi veya yüz',
  offer: 'Parmak izi veya yüzle de koru',
  hint:
    'O zaman yalnızca ikisi birlikte açar; belleği kopyalayan kimse deneme yapamaz. Parmak tanınmazsa tabletin ekran kilidi geçerlidir.',
  demanded: 'Çalışma, tablet yapabiliyorsa parmak izi veya yüz de istiyor.',
  isOn: 'Ayarlandı: İkisi birlikte açar.',
  add: 'Ayarla',
  addConfirm: 'Parmak izine veya yüze geç',
  remove: 'Yeniden kapat',
  removeConfirm: 'Kapat',
}
