import type { Messages } from '../de'

export const storage: Messages['storage'] = {
  title: 'Memorie',
  left: '{left} liberi din {quota}',
  persistedNo:
    'Browserul nu a promis că va păstra datele. Adăugați Feldbuch pe ecranul de pornire (meniu, „Instalați aplicația”) și deschideți-l de acolo.',
  persisted: 'Browserul păstrează datele.',
  notPersisted: 'Browserul nu a promis că va păstra datele.',
  ask: 'Întrebați din nou',
  low: 'Spațiul de stocare este pe terminate. Sincronizați curând.',
  hours: 'Ajunge pentru încă aproximativ {hours} ore de înregistrare.',
  tight: 'Nu mai este loc pentru o înregistrare de două ore. Sincronizați și ștergeți aplicațiile și fotografiile de care nu aveți nevoie.',
  offlineReady: 'Puteți lucra oricând fără rețea.',
  offlineNotYet: 'Încă nu este gata de lucru fără rețea. Lăsați aplicația deschisă puțin, cu rețea.',
  updateWaits: 'Există o versiune nouă de Feldbuch. Se preia imediat ce blocați; ce ați început rămâne.',
}
