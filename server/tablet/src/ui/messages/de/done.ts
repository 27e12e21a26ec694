export const done = {
  next: 'Es wird übergeben, sobald ein Feldrechner oder die Zentrale erreichbar ist. Sie müssen nichts weiter tun.',
  home: 'Zur Startseite',
}
