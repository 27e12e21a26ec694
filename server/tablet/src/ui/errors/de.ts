/** German texts for every code; `{name}` stands for a parameter. The remedy says what a person can do. */
export const de = {
  unexpected: {
    text: 'Etwas Unerwartetes ist geschehen.',
    remedy: 'Versuchen Sie es noch einmal. Geschieht es wieder, nennen Sie der Projektleitung die Kennung.',
  },
  'network.unreachable': {
    text: 'Weder ein Feldrechner noch die Zentrale antwortet.',
    remedy: 'Prüfen Sie das WLAN. Interviews können Sie auch ohne Netz führen.',
  },
  'network.clock': {
    text: 'Die Uhr des Tablets geht so falsch, dass keine sichere Verbindung zustande kommt.',
    remedy: 'Stellen Sie Datum und Uhrzeit in den Einstellungen des Tablets richtig.',
  },
  'enrolment.link.malformed': {
    text: 'Der Anmeldelink ist unvollständig oder verändert.',
    remedy: 'Öffnen Sie den Link noch einmal genau so, wie Sie ihn bekommen haben, oder bitten Sie um einen neuen.',
  },
  'enrolment.token.unknown': {
    text: 'Die Zentrale kennt diesen Anmeldelink nicht.',
    remedy: 'Bitten Sie die Projektleitung um einen neuen Link.',
  },
  'enrolment.token.expired': {
    text: 'Der Anmeldelink ist abgelaufen.',
    remedy: 'Bitten Sie die Projektleitung um einen neuen Link.',
  },
  'enrolment.token.used_up': {
    text: 'Mit diesem Anmeldelink wurden schon alle vorgesehenen Tablets angemeldet.',
    remedy: 'Bitten Sie die Projektleitung um einen neuen Link.',
  },
  'enrolment.study': {
    text: 'Der Anmeldelink gehört zu einer anderen Studie als die Zentrale.',
    remedy: 'Bitten Sie die Projektleitung um den richtigen Link.',
  },
  'enrolment.key': {
    text: 'Die Zentrale weist sich mit einem anderen Schlüssel aus als der Anmeldelink.',
    remedy: 'Melden Sie das Tablet nicht an. Rufen Sie die Projektleitung an.',
  },
  'passphrase.wrong': {
    text: 'Die Passphrase ist falsch.',
    remedy: 'Versuchen Sie es noch einmal.',
  },
  'passphrase.malformed': {
    text: 'Die Passphrase ist zu kurz.',
    remedy: 'Nehmen Sie mindestens {least} Zeichen.',
  },
  'recovery.malformed': {
    text: 'Der Code ist so nicht vollständig oder enthält einen Tippfehler.',
    remedy: 'Vergleichen Sie ihn Gruppe für Gruppe mit dem, was man Ihnen genannt hat.',
  },
  'recovery.wrong': {
    text: 'Dieser Code gehört nicht zu diesem Tablet und dieser Person, oder er wurde schon benutzt.',
    remedy: 'Rufen Sie die Projektleitung an und lassen Sie sich den neuesten Code nennen.',
  },
  'interviewer.unknown': {
    text: 'Diese Person ist auf dem Tablet nicht angemeldet.',
    remedy: 'Wählen Sie eine andere oder melden Sie sie mit einem Anmeldelink an.',
  },
  'enrolment.other': {
    text: 'Der Link gehört zu einer anderen Studie, einem anderen Ort oder einer anderen Zentrale als dieses Tablet.',
    remedy: 'Bitten Sie die Projektleitung um einen Link für dieses Tablet.',
  },
  'enrolment.site': {
    text: 'Der Anmeldelink gilt für einen anderen Ort als dieses Tablet.',
    remedy: 'Bitten Sie die Projektleitung um einen Link für dieses Tablet.',
  },
  'pin.wrong': { text: 'Die PIN ist falsch.', remedy: 'Versuchen Sie es noch einmal.' },
  'pin.wait': {
    text: 'Zu viele falsche Versuche.',
    remedy: 'Warten Sie {seconds} Sekunden, dann geht es weiter.',
  },
  'passkey.not_made': {
    text: 'Der zusätzliche Schutz mit Finger oder Gesicht ist nicht eingerichtet.',
    remedy: 'Versuchen Sie es noch einmal, oder machen Sie ohne ihn weiter. In den Einstellungen geht es auch später.',
  },
  'passkey.unrecoverable': {
    text: 'Der zusätzliche Schutz mit Finger oder Gesicht ist nicht eingerichtet. Noch gibt es keinen Code, der ihn ersetzt.',
    remedy: 'Machen Sie ohne ihn weiter. In den Einstellungen geht es auch später.',
  },
  'passkey.refused': {
    text: 'Das Tablet hat Finger, Gesicht oder Bildschirmsperre nicht bestätigt.',
    remedy: 'Versuchen Sie es noch einmal. Geht es nicht mehr, lassen Sie sich von der Projektleitung einen Code nennen („vergessen?“): Nichts geht verloren.',
  },
  'form.unknown': {
    text: 'Dieser Fragebogen liegt nicht auf dem Tablet.',
    remedy: 'Verbinden Sie das Tablet mit dem Netz und gleichen Sie ab.',
  },
  'form.unreadable': {
    text: 'Dieser Fragebogen lässt sich nicht öffnen. Die anderen sind davon nicht betroffen.',
    remedy: 'Nennen Sie der Projektleitung den Fragebogen und diesen Grund: {reason}',
  },
  'recording.running': {
    text: 'Es läuft schon eine Aufnahme.',
    remedy: 'Beenden Sie zuerst die Aufnahme, die läuft.',
  },
  'recording.unsupported': {
    text: 'Dieser Browser kann keinen Ton aufnehmen.',
    remedy: 'Nehmen Sie mit einem anderen Gerät auf und hängen Sie die Datei an.',
  },
  'recording.room': {
    text: 'Für diese Aufnahme ist zu wenig Platz: Es passen noch {minutes} Minuten.',
    remedy: 'Gleichen Sie ab, damit Fertiges das Tablet verlassen kann, oder nehmen Sie kürzer auf.',
  },
  'recording.elsewhere': {
    text: 'Diese Aufnahme läuft gerade in einem anderen Fenster.',
    remedy: 'Schließen Sie das andere Fenster von Feldbuch.',
  },
  'microphone.denied': {
    text: 'Feldbuch darf das Mikrofon nicht benutzen.',
    remedy: 'Erlauben Sie es in den Einstellungen des Browsers für diese Seite und versuchen Sie es noch einmal.',
  },
  'microphone.absent': {
    text: 'Es ist kein Mikrofon da.',
    remedy: 'Prüfen Sie, ob es angeschlossen ist, oder nehmen Sie mit einem anderen Gerät auf.',
  },
  'microphone.busy': {
    text: 'Das Mikrofon lässt sich nicht öffnen.',
    remedy: 'Schließen Sie andere Apps, die aufnehmen oder telefonieren, und versuchen Sie es noch einmal.',
  },
  'draft.unknown': {
    text: 'Dieses angefangene Interview ist nicht mehr da.',
    remedy: 'Gehen Sie zurück zur Startseite.',
  },
  'draft.version': {
    text: 'Dieses angefangene Interview gehört zu einer anderen Fassung des Fragebogens.',
    remedy: 'Es bleibt erhalten. Fragen Sie die Projektleitung.',
  },
  'draft.sealed': {
    text: 'Dieses angefangene Interview lässt sich nicht öffnen. Die anderen sind nicht betroffen.',
    remedy: 'Es wird aufbewahrt, so wie es ist. Rufen Sie die Projektleitung an und nennen Sie die Kennung.',
  },
  'draft.malformed': {
    text: 'Dieses angefangene Interview ist beschädigt. Die anderen sind nicht betroffen.',
    remedy: 'Es wird aufbewahrt, so wie es ist. Rufen Sie die Projektleitung an und nennen Sie die Kennung.',
  },
  'draft.unreadable': {
    text: 'Dieses angefangene Interview lässt sich nicht lesen.',
    remedy: 'Es bleibt erhalten. Fragen Sie die Projektleitung, bevor Sie es verwerfen.',
  },
  'storage.full': {
    text: 'Der Speicher des Tablets ist voll.',
    remedy: 'Gleichen Sie ab, oder löschen Sie Fotos und Apps, die Sie nicht brauchen. Schließen Sie Feldbuch nicht.',
  },
  'storage.broken': {
    text: 'Das Tablet konnte nicht speichern.',
    remedy: 'Lassen Sie die Seite offen und versuchen Sie es noch einmal.',
  },
  'intake_key.missing': {
    text: 'Zum Versiegeln fehlt dem Tablet noch ein Schlüssel der Studie.',
    remedy: 'Das Interview bleibt angefangen. Verbinden Sie das Tablet mit dem Netz, gleichen Sie ab und schließen Sie es dann ab.',
  },
  'photo.unreadable': {
    text: 'Dieses Bild kann das Tablet nicht lesen.',
    remedy: 'Nehmen Sie ein neues Foto auf.',
  },
  'attachment.unknown': { text: 'Ein Foto oder eine Datei dieses Interviews ist nicht mehr da.', remedy: 'Nehmen Sie es noch einmal auf oder entfernen Sie es.' },
  'draft.elsewhere': { text: 'Dieses Interview wurde inzwischen in einem anderen Fenster weitergeführt.', remedy: 'Unterbrechen Sie es hier und öffnen Sie es dann neu. Die Antworten aus dem anderen Fenster sind gespeichert.' },
  'pin.malformed': { text: 'Eine PIN besteht aus mindestens 6 Ziffern.', remedy: 'Geben Sie nur Ziffern ein.' },
  'tablet.locked': { text: 'Das Tablet ist gesperrt.', remedy: 'Geben Sie Ihre PIN ein.' },
  'tablet.new': { text: 'Dieses Tablet ist noch nicht angemeldet.', remedy: 'Öffnen Sie den Anmeldelink.' },
  'enrolment.already': {
    text: 'Dieses Tablet ist schon angemeldet.',
    remedy: 'Öffnen Sie es mit Ihrer PIN.',
  },
  'enrolment.answer': {
    text: 'Die Antwort der Zentrale auf die Anmeldung ist nicht echt oder unvollständig.',
    remedy: 'Versuchen Sie es noch einmal. Geschieht es wieder, rufen Sie die Projektleitung an.',
  },
  'storage.lost': {
    text: 'Der Browser hat einen Teil der Daten gelöscht.',
    remedy: 'Arbeiten Sie nicht weiter und rufen Sie die Projektleitung an.',
  },
  'instance.exists': {
    text: 'Dieses Interview ist schon abgeschlossen.',
    remedy: 'Gehen Sie zurück zur Startseite. Sie finden es dort in der Liste.',
  },
  'sync.failed': {
    text: 'Der Abgleich wurde abgebrochen.',
    remedy: 'Versuchen Sie es noch einmal. Was versiegelt ist, bleibt auf dem Tablet.',
  },
  'device.revoked': {
    text: 'Dieses Tablet wurde von der Studie abgemeldet.',
    remedy: 'Was versiegelt ist, wird noch übergeben. Rufen Sie die Projektleitung an.',
  },
  'feed.broken': {
    text: 'Was das Tablet von der Zentrale bekam, ist nicht echt oder unvollständig. Es wurde nichts davon übernommen.',
    remedy: 'Rufen Sie die Projektleitung an. Interviews können Sie weiter führen.',
  },
  'sync.pause': {
    text: 'Die Gegenstelle bittet um eine Pause.',
    remedy: 'Es geht von selbst weiter.',
  },
  'place.full': {
    text: 'Der Feldrechner oder die Zentrale hat keinen Platz mehr.',
    remedy:
      'Die Interviews bleiben auf diesem Tablet sicher aufgehoben. Bitte sagen Sie der Projektleitung Bescheid.',
  },
  'item.aside': { text: 'Sie haben diesen Teil beiseitegelegt.', remedy: 'Er bleibt versiegelt auf dem Tablet. Mit „Nochmals versuchen“ geht er wieder mit.' },
  'item.gone': { text: 'Die Zentrale hat diesen Teil nicht mehr, und hier ist er gelöscht.', remedy: 'Bitte sagen Sie der Projektleitung Bescheid.' },
  'handover.nothing': { text: 'Es gibt nichts zu übergeben.', remedy: 'Alles ist in der Zentrale sicher verwahrt.' },
  'handover.failed': { text: 'Die Datei ließ sich nicht schreiben.', remedy: 'Auf dem Tablet ist nichts verloren. Schaffen Sie Platz, oder wählen Sie einen anderen Ort, und versuchen Sie es noch einmal.' },
  'sync.refused': {
    text: 'Ein versiegeltes Interview wurde nicht angenommen. Das Tablet behält seine Kopie.',
    remedy: 'Nennen Sie der Projektleitung die Kennung.',
  },
  'camera.denied': {
    text: 'Feldbuch darf die Kamera nicht benutzen.',
    remedy: 'Erlauben Sie Kamera und Mikrofon in den Einstellungen des Browsers für diese App. Versuchen Sie es dann noch einmal.',
  },
  'camera.absent': {
    text: 'Das Tablet bietet keine Kamera an.',
    remedy: 'Gehen Sie weiter und antworten Sie später, oder wählen Sie eine Datei, wo die Frage das erlaubt.',
  },
  'camera.busy': {
    text: 'Die Kamera antwortet nicht.',
    remedy: 'Schließen Sie andere Apps, die die Kamera benutzen. Versuchen Sie es dann noch einmal.',
  },
  'video.failed': {
    text: 'Es wurde nichts aufgenommen.',
    remedy: 'Beginnen Sie die Aufnahme noch einmal.',
  },
  'file.large': {
    text: 'Diese Datei ist zu groß: höchstens {limit} MB.',
    remedy: 'Wählen Sie eine kleinere Datei.',
  },
  'file.empty': {
    text: 'Diese Datei ist leer.',
    remedy: 'Wählen Sie eine andere Datei.',
  },
  'position.denied': {
    text: 'Feldbuch darf den Standort nicht benutzen.',
    remedy: 'Erlauben Sie den Standort in den Einstellungen des Browsers für diese App, oder geben Sie die Koordinaten ein.',
  },
  'position.unavailable': {
    text: 'Das Tablet findet seinen Standort noch nicht.',
    remedy: 'Schalten Sie den Standort des Tablets ein, gehen Sie ins Freie und warten Sie. Sie können die Koordinaten auch eingeben.',
  },
  envelope: {
    text: 'Ein versiegeltes Interview ist unterwegs beschädigt worden. Das Tablet behält seine Kopie.',
    remedy: 'Nennen Sie der Projektleitung die Kennung.',
  },
} as const

export type ErrorTexts = Readonly<Record<keyof typeof de, { readonly text: string; readonly remedy: string }>>
