import type { Messages } from '../de'

export const install: Messages['install'] = {
  title: 'Puneți aplicația pe ecranul principal',
  why: 'Deschisă de pe ecranul principal, tableta păstrează datele mai sigur.',
  button: 'Instalați Feldbuch',
  done: 'Feldbuch rulează ca aplicație de pe ecranul principal.',
  android: 'Android cu Chrome',
  android1: 'Atingeți cele trei puncte din dreapta sus.',
  android2: 'Alegeți „Instalați aplicația” sau „Adăugați la ecranul de pornire”.',
  ipad: 'iPad cu Safari',
  ipad1: 'Atingeți semnul de partajare, pătratul cu săgeata în sus.',
  ipad2: 'Alegeți „Adăugați la ecranul principal”.',
  last: 'De acum înainte deschideți Feldbuch prin semnul de pe ecranul principal.',
  ipadFirst: 'Pe iPad adăugați întâi aplicația la ecranul principal și abia apoi înregistrați tableta acolo: Safari și aplicația nu au date comune. Copiați pentru aceasta linkul de înregistrare.',
}
