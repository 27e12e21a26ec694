export const install = {
  title: 'Auf den Startbildschirm legen',
  why: 'Vom Startbildschirm geöffnet behält das Tablet die Daten verlässlicher.',
  button: 'Feldbuch installieren',
  done: 'Feldbuch läuft als App vom Startbildschirm.',
  android: 'Android mit Chrome',
  android1: 'Tippen Sie oben rechts auf die drei Punkte.',
  android2: 'Wählen Sie „App installieren“ oder „Zum Startbildschirm hinzufügen“.',
  ipad: 'iPad mit Safari',
  ipad1: 'Tippen Sie auf das Teilen-Zeichen, das Quadrat mit dem Pfeil nach oben.',
  ipad2: 'Wählen Sie „Zum Home-Bildschirm“.',
  last: 'Öffnen Sie Feldbuch ab jetzt über sein Zeichen auf dem Startbildschirm.',
  ipadFirst: 'Auf dem iPad zuerst zum Home-Bildschirm hinzufügen und dann dort anmelden: Safari und die App auf dem Home-Bildschirm teilen sich keine Daten. Kopieren Sie dafür den Anmeldelink.',
}
