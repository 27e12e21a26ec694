export const card = {
  open: 'Karte für die befragte Person',
  show: 'Diese Karte ist für die befragte Person: abfotografieren lassen oder abschreiben.',
  explain:
    'Mit diesem Code können Sie später nachfragen, Ihre Einwilligung zurückziehen oder Ihre Angaben löschen lassen. Ihr Name steht nicht darin.',
  qr: 'Der Code als QR-Code',
  large: 'Groß zeigen',
  print: 'Drucken',
}
