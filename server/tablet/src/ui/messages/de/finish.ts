export const finish = {
  title: 'Abschluss',
  lead: 'Sehen Sie kurz nach, ob alles stimmt. Danach wird das Interview versiegelt.',
  missing: 'Diese Antworten fehlen noch oder passen nicht:',
  allGood: 'Alle nötigen Antworten sind da.',
  answered: 'Beantwortet',
  unanswered: 'Ohne Antwort, nicht nötig',
  attachments: 'Fotos und Dateien',
  explain: 'Nach dem Versiegeln kann niemand die Antworten auf diesem Tablet noch lesen oder ändern, auch Sie nicht.',
  submit: 'Abschließen und versiegeln',
  working: 'Wird versiegelt …',
}
