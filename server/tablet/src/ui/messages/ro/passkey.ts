import type { Messages } from '../de'

export const passkey: Messages['passkey'] = {
  title: 'Deget sau față',
  offer: 'Protejați și cu amprenta sau cu fața',
  hint:
    'Atunci se deschide numai cu amândouă împreună, iar cine copiază memoria nu poate încerca nimic. Dacă degetul nu este recunoscut, este valabilă blocarea ecranului tabletei.',
  demanded: 'Studiul cere și degetul sau fața, dacă tableta poate.',
  isOn: 'Este configurat: se deschide cu amândouă împreună.',
  add: 'Configurați',
  addConfirm: 'Mai departe la deget sau față',
  remove: 'Dezactivați din nou',
  removeConfirm: 'Dezactivați',
}
