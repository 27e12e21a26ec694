export const done = {
  title: 'Versiegelt',
  text: 'Das Interview ist abgeschlossen. Auf diesem Tablet kann es niemand mehr lesen.',
  next: 'Es wird übergeben, sobald ein Feldrechner oder die Zentrale erreichbar ist. Sie müssen nichts weiter tun.',
  home: 'Zur Startseite',
}
