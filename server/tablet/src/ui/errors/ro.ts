import type { ErrorTexts } from './de'

export const ro: ErrorTexts = {
  unexpected: {
    text: 'S-a întâmplat ceva neașteptat.',
    remedy: 'Încercați încă o dată. Dacă se repetă, comunicați codul conducerii proiectului.',
  },
  'network.unreachable': {
    text: 'Nu răspunde nici calculatorul de teren, nici centrala.',
    remedy: 'Verificați rețeaua Wi-Fi. Puteți face interviuri și fără rețea.',
  },
  'network.clock': {
    text: 'Ceasul tabletei este atât de greșit, încât nu se poate face o legătură sigură.',
    remedy: 'Potriviți data și ora în setările tabletei.',
  },
  'enrolment.link.malformed': {
    text: 'Linkul de înregistrare este incomplet sau modificat.',
    remedy: 'Deschideți linkul încă o dată exact așa cum l-ați primit sau cereți unul nou.',
  },
  'enrolment.token.unknown': {
    text: 'Centrala nu cunoaște acest link de înregistrare.',
    remedy: 'Cereți conducerii proiectului un link nou.',
  },
  'enrolment.token.expired': {
    text: 'Linkul de înregistrare a expirat.',
    remedy: 'Cereți conducerii proiectului un link nou.',
  },
  'enrolment.token.used_up': {
    text: 'Cu acest link au fost deja înregistrate toate tabletele prevăzute.',
    remedy: 'Cereți conducerii proiectului un link nou.',
  },
  'enrolment.study': {
    text: 'Linkul de înregistrare aparține altui studiu decât centrala.',
    remedy: 'Cereți conducerii proiectului linkul potrivit.',
  },
  'enrolment.key': {
    text: 'Centrala se prezintă cu altă cheie decât cea din linkul de înregistrare.',
    remedy: 'Nu înregistrați tableta. Sunați la conducerea proiectului.',
  },
  'passphrase.wrong': {
    text: 'Parola este greșită.',
    remedy: 'Încercați încă o dată.',
  },
  'passphrase.malformed': {
    text: 'Parola este prea scurtă.',
    remedy: 'Alegeți cel puțin {least} caractere.',
  },
  'recovery.malformed': {
    text: 'Codul nu este complet sau conține o greșeală de scriere.',
    remedy: 'Comparați-l grupă cu grupă cu ceea ce vi s-a spus.',
  },
  'recovery.wrong': {
    text: 'Acest cod nu este pentru această tabletă și această persoană sau a fost deja folosit.',
    remedy: 'Sunați la conducerea proiectului și cereți cel mai nou cod.',
  },
  'interviewer.unknown': {
    text: 'Această persoană nu este înregistrată pe tabletă.',
    remedy: 'Alegeți altă persoană sau înregistrați-o cu un link de înregistrare.',
  },
  'enrolment.other': {
    text: 'Linkul aparține altui studiu, altui loc sau altei centrale decât această tabletă.',
    remedy: 'Cereți conducerii proiectului un link pentru această tabletă.',
  },
  'enrolment.site': {
    text: 'Linkul de înregistrare este pentru alt loc decât cel al acestei tablete.',
    remedy: 'Cereți conducerii proiectului un link pentru această tabletă.',
  },
  'pin.wrong': { text: 'PIN-ul este greșit.', remedy: 'Încercați încă o dată.' },
  'pin.wait': {
    text: 'Prea multe încercări greșite.',
    remedy: 'Mai așteptați (secunde: {seconds}), apoi puteți continua.',
  },
  'passkey.not_made': {
    text: 'Protecția suplimentară cu degetul sau fața nu este configurată.',
    remedy: 'Încercați încă o dată sau continuați fără ea. Se poate și mai târziu, în setări.',
  },
  'passkey.unrecoverable': {
    text: 'Protecția suplimentară cu degetul sau fața nu este configurată. Încă nu există un cod care să o înlocuiască.',
    remedy: 'Continuați fără ea. Se poate și mai târziu, în setări.',
  },
  'passkey.refused': {
    text: 'Tableta nu a confirmat degetul, fața sau blocarea ecranului.',
    remedy: 'Încercați încă o dată. Dacă nu mai merge, cereți un cod de la conducerea proiectului („Ați uitat…?”): nu se pierde nimic.',
  },
  'form.unknown': {
    text: 'Acest chestionar nu se află pe tabletă.',
    remedy: 'Conectați tableta la rețea și sincronizați.',
  },
  'form.unreadable': {
    text: 'Acest chestionar nu se poate deschide. Celelalte nu sunt afectate.',
    remedy: 'Comunicați conducerii proiectului chestionarul și acest motiv: {reason}',
  },
  'recording.running': {
    text: 'O înregistrare este deja în curs.',
    remedy: 'Încheiați mai întâi înregistrarea în curs.',
  },
  'recording.unsupported': {
    text: 'Acest browser nu poate înregistra sunet.',
    remedy: 'Înregistrați cu alt dispozitiv și atașați fișierul.',
  },
  'recording.room': {
    text: 'Este prea puțin loc pentru această înregistrare: mai încap {minutes} minute.',
    remedy: 'Sincronizați, ca interviurile terminate să poată părăsi tableta, sau înregistrați mai scurt.',
  },
  'recording.elsewhere': {
    text: 'Această înregistrare este în curs într-o altă fereastră.',
    remedy: 'Închideți cealaltă fereastră Feldbuch.',
  },
  'microphone.denied': {
    text: 'Feldbuch nu are voie să folosească microfonul.',
    remedy: 'Permiteți-l pentru această pagină în setările browserului și încercați din nou.',
  },
  'microphone.absent': {
    text: 'Nu există microfon.',
    remedy: 'Verificați dacă este conectat sau înregistrați cu alt dispozitiv.',
  },
  'microphone.busy': {
    text: 'Microfonul nu poate fi deschis.',
    remedy: 'Închideți alte aplicații care înregistrează sau telefonează și încercați din nou.',
  },
  'draft.unknown': {
    text: 'Acest interviu început nu mai există.',
    remedy: 'Mergeți înapoi la pagina de start.',
  },
  'draft.version': {
    text: 'Acest interviu început aparține altei versiuni a chestionarului.',
    remedy: 'El se păstrează. Întrebați conducerea proiectului.',
  },
  'draft.sealed': {
    text: 'Acest interviu început nu se deschide. Celelalte nu sunt afectate.',
    remedy: 'Se păstrează așa cum este. Sunați la conducerea proiectului și comunicați codul.',
  },
  'draft.malformed': {
    text: 'Acest interviu început este deteriorat. Celelalte nu sunt afectate.',
    remedy: 'Se păstrează așa cum este. Sunați la conducerea proiectului și comunicați codul.',
  },
  'draft.unreadable': {
    text: 'Acest interviu început nu poate fi citit.',
    remedy: 'El se păstrează. Întrebați conducerea proiectului înainte de a-l șterge.',
  },
  'storage.full': {
    text: 'Memoria tabletei este plină.',
    remedy: 'Sincronizați sau ștergeți fotografii și aplicații de care nu aveți nevoie. Nu închideți Feldbuch.',
  },
  'storage.broken': {
    text: 'Tableta nu a putut salva.',
    remedy: 'Lăsați pagina deschisă și încercați încă o dată.',
  },
  'intake_key.missing': {
    text: 'Pentru sigilare, tabletei îi lipsește încă o cheie a studiului.',
    remedy: 'Interviul rămâne început. Conectați tableta la rețea, sincronizați și încheiați-l apoi.',
  },
  'photo.unreadable': {
    text: 'Tableta nu poate citi această imagine.',
    remedy: 'Faceți o fotografie nouă.',
  },
  'attachment.unknown': {
    text: 'O fotografie sau un fișier al acestui interviu nu mai există.',
    remedy: 'Faceți-l din nou sau eliminați-l.',
  },
  'draft.elsewhere': {
    text: 'Acest interviu a fost continuat între timp în altă fereastră.',
    remedy: 'Întrerupeți-l aici și deschideți-l din nou. Răspunsurile din cealaltă fereastră sunt salvate.',
  },
  'pin.malformed': { text: 'Un PIN are cel puțin 6 cifre.', remedy: 'Introduceți numai cifre.' },
  'tablet.locked': { text: 'Tableta este blocată.', remedy: 'Introduceți PIN-ul dumneavoastră.' },
  'tablet.new': { text: 'Această tabletă nu este încă înregistrată.', remedy: 'Deschideți linkul de înregistrare.' },
  'enrolment.already': {
    text: 'Această tabletă este deja înregistrată.',
    remedy: 'Deschideți-o cu PIN-ul dumneavoastră.',
  },
  'enrolment.answer': {
    text: 'Răspunsul centralei la înregistrare nu este autentic sau nu este complet.',
    remedy: 'Încercați încă o dată. Dacă se repetă, sunați la conducerea proiectului.',
  },
  'storage.lost': {
    text: 'Browserul a șters o parte din date.',
    remedy: 'Nu mai lucrați și sunați la conducerea proiectului.',
  },
  'instance.exists': {
    text: 'Acest interviu este deja încheiat.',
    remedy: 'Mergeți înapoi la pagina de start. Îl găsiți acolo în listă.',
  },
  'sync.failed': {
    text: 'Sincronizarea a fost întreruptă.',
    remedy: 'Încercați încă o dată. Ce este sigilat rămâne pe tabletă.',
  },
  'device.revoked': {
    text: 'Această tabletă a fost scoasă din studiu.',
    remedy: 'Ce este sigilat va fi încă predat. Sunați la conducerea proiectului.',
  },
  'feed.broken': {
    text: 'Ce a primit tableta de la centrală nu este autentic sau nu este complet. Nu s-a preluat nimic.',
    remedy: 'Sunați la conducerea proiectului. Puteți face interviuri în continuare.',
  },
  'sync.pause': { text: 'Cealaltă parte cere o pauză.', remedy: 'Continuă de la sine.' },
  'place.full': {
    text: 'Calculatorul de teren sau centrala nu mai are loc.',
    remedy: 'Interviurile rămân în siguranță pe această tabletă. Vă rugăm să anunțați conducerea proiectului.',
  },
  'item.aside': { text: 'Ați pus această parte deoparte.', remedy: 'Rămâne sigilată pe tabletă. Cu „Încercați din nou” pleacă iarăși împreună cu celelalte.' },
  'item.gone': { text: 'Centrala nu mai are această parte, iar aici este ștearsă.', remedy: 'Vă rugăm să anunțați conducerea proiectului.' },
  'handover.nothing': { text: 'Nu este nimic de predat.', remedy: 'Totul este păstrat în siguranță la centrală.' },
  'handover.failed': { text: 'Fișierul nu a putut fi scris.', remedy: 'Pe tabletă nu s-a pierdut nimic. Faceți loc sau alegeți alt loc și încercați din nou.' },
  'sync.refused': {
    text: 'Un interviu sigilat nu a fost primit. Tableta își păstrează copia.',
    remedy: 'Comunicați codul conducerii proiectului.',
  },
  envelope: {
    text: 'Un interviu sigilat a fost deteriorat pe drum. Tableta își păstrează copia.',
    remedy: 'Comunicați codul conducerii proiectului.',
  },
  'camera.denied': {
    text: 'Feldbuch nu are voie să folosească camera.',
    remedy: 'Permiteți camera și microfonul pentru această aplicație în setările browserului. Apoi încercați din nou.',
  },
  'camera.absent': {
    text: 'Tableta nu oferă nicio cameră.',
    remedy: 'Mergeți mai departe și răspundeți mai târziu sau alegeți un fișier, dacă întrebarea permite.',
  },
  'camera.busy': {
    text: 'Camera nu răspunde.',
    remedy: 'Închideți alte aplicații care folosesc camera. Apoi încercați din nou.',
  },
  'video.failed': {
    text: 'Nu s-a înregistrat nimic.',
    remedy: 'Începeți înregistrarea încă o dată.',
  },
  'file.large': {
    text: 'Acest fișier este prea mare: cel mult {limit} MB.',
    remedy: 'Alegeți un fișier mai mic.',
  },
  'file.empty': {
    text: 'Acest fișier este gol.',
    remedy: 'Alegeți alt fișier.',
  },
  'position.denied': {
    text: 'Feldbuch nu are voie să folosească locația.',
    remedy: 'Permiteți locația pentru această aplicație în setările browserului sau introduceți coordonatele.',
  },
  'position.unavailable': {
    text: 'Tableta nu își găsește încă locul.',
    remedy: 'Porniți locația tabletei, ieșiți afară și așteptați. Puteți introduce și coordonatele.',
  },
}
