export const barcode = {
  scan: 'Code mit der Kamera lesen',
  scanAgain: 'Neu lesen',
  aim: 'Halten Sie den Code in den Rahmen. Er wird von selbst gelesen.',
  slow: 'Noch nichts erkannt. Halten Sie das Tablet ruhig, eine Handbreit entfernt, und sorgen Sie für Licht.',
  loading: 'Der Leser wird vorbereitet …',
  read: 'Gelesen: {code}',
}
