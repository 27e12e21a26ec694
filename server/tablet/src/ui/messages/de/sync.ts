export const sync = {
  title: 'Abgleich',
  now: 'Jetzt abgleichen',
  idle: 'Bereit',
  contacting: 'Sucht eine Verbindung …',
  delivering: 'Übergibt Interviews …',
  fetching: 'Holt Fragebögen und Quittungen …',
  never: 'Noch nie verbunden',
  last: 'Zuletzt verbunden: {when}',
  lastPlace: 'mit {place}',
  central: 'der Zentrale',
  node: 'dem Feldrechner {id}',
  alarm: 'Achtung',
}
