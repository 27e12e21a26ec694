import type { ErrorTexts } from './de'

export const en: ErrorTexts = {
  unexpected: {
    text: 'Something unexpected happened.',
    remedy: 'Try again. If it happens again, tell the project office the code.',
  },
  'network.unreachable': {
    text: 'Neither a field node nor central answers.',
    remedy: 'Check the Wi-Fi. You can hold interviews without a network.',
  },
  'network.clock': {
    text: 'The clock of the tablet is so wrong that no secure connection comes about.',
    remedy: 'Set date and time right in the settings of the tablet.',
  },
  'enrolment.link.malformed': {
    text: 'The enrolment link is incomplete or was changed.',
    remedy: 'Open the link again exactly as you got it, or ask for a new one.',
  },
  'enrolment.token.unknown': {
    text: 'Central does not know this enrolment link.',
    remedy: 'Ask the project office for a new link.',
  },
  'enrolment.token.expired': {
    text: 'The enrolment link has expired.',
    remedy: 'Ask the project office for a new link.',
  },
  'enrolment.token.used_up': {
    text: 'All tablets that this link was meant for are enrolled already.',
    remedy: 'Ask the project office for a new link.',
  },
  'enrolment.study': {
    text: 'The enrolment link belongs to another study than central.',
    remedy: 'Ask the project office for the right link.',
  },
  'enrolment.key': {
    text: 'Central shows another key than the enrolment link.',
    remedy: 'Do not enrol the tablet. Call the project office.',
  },
  'passphrase.wrong': {
    text: 'The passphrase is wrong.',
    remedy: 'Try again.',
  },
  'passphrase.malformed': {
    text: 'The passphrase is too short.',
    remedy: 'Take at least {least} characters.',
  },
  'recovery.malformed': {
    text: 'The code is not complete, or something in it was mistyped.',
    remedy: 'Compare it group by group with what you were told.',
  },
  'recovery.wrong': {
    text: 'This code is not for this tablet and this person, or was used already.',
    remedy: 'Call the project office and ask for the newest code.',
  },
  'interviewer.unknown': {
    text: 'This person is not enrolled on the tablet.',
    remedy: 'Choose another one, or enrol them with an enrolment link.',
  },
  'enrolment.other': {
    text: 'The link belongs to another study, another site or another central than this tablet.',
    remedy: 'Ask the project office for a link for this tablet.',
  },
  'enrolment.site': {
    text: 'The enrolment link is for another site than this tablet\'s.',
    remedy: 'Ask the project office for a link for this tablet.',
  },
  'pin.wrong': { text: 'The PIN is wrong.', remedy: 'Try again.' },
  'pin.wait': { text: 'Too many wrong tries.', remedy: 'Wait {seconds} seconds, then go on.' },
  'passkey.not_made': {
    text: 'The additional protection by finger or face is not set up.',
    remedy: 'Try again, or go on without it. You can also set it up later, in the settings.',
  },
  'passkey.unrecoverable': {
    text: 'The additional protection by finger or face is not set up. There is no code yet that could replace it.',
    remedy: 'Go on without it. You can also set it up later, in the settings.',
  },
  'passkey.refused': {
    text: 'The tablet did not confirm finger, face or screen lock.',
    remedy: 'Try again. If it no longer works, ask the project office for a code (“Forgotten…?”): nothing is lost.',
  },
  'form.unknown': {
    text: 'This questionnaire is not on the tablet.',
    remedy: 'Connect the tablet to the network and sync.',
  },
  'form.unreadable': {
    text: 'This questionnaire cannot be opened. The others are not affected.',
    remedy: 'Tell the project office the questionnaire and this reason: {reason}',
  },
  'recording.running': {
    text: 'A recording is already running.',
    remedy: 'End the recording that is running first.',
  },
  'recording.unsupported': {
    text: 'This browser cannot record sound.',
    remedy: 'Record with another device and attach the file.',
  },
  'recording.room': {
    text: 'There is too little room for this recording: {minutes} minutes would fit.',
    remedy: 'Synchronise so that finished interviews can leave the tablet, or record for a shorter time.',
  },
  'recording.elsewhere': {
    text: 'This recording is running in another window.',
    remedy: 'Close the other window of Feldbuch.',
  },
  'microphone.denied': {
    text: 'Feldbuch may not use the microphone.',
    remedy: 'Allow it for this page in the settings of the browser and try again.',
  },
  'microphone.absent': {
    text: 'There is no microphone.',
    remedy: 'Check whether it is plugged in, or record with another device.',
  },
  'microphone.busy': {
    text: 'The microphone cannot be opened.',
    remedy: 'Close other apps that record or make calls, and try again.',
  },
  'draft.unknown': { text: 'This interview is no longer there.', remedy: 'Go back to the start page.' },
  'draft.version': {
    text: 'This interview belongs to another version of the questionnaire.',
    remedy: 'It is kept. Ask the project office.',
  },
  'draft.sealed': {
    text: 'This interview does not open. The others are not affected.',
    remedy: 'It is kept as it is. Call the project office and tell them the code.',
  },
  'draft.malformed': {
    text: 'This interview is damaged. The others are not affected.',
    remedy: 'It is kept as it is. Call the project office and tell them the code.',
  },
  'draft.unreadable': {
    text: 'This interview cannot be read.',
    remedy: 'It is kept. Ask the project office before you discard it.',
  },
  'storage.full': {
    text: 'The storage of the tablet is full.',
    remedy: 'Sync, or delete photos and apps that you do not need. Do not close Feldbuch.',
  },
  'storage.broken': {
    text: 'The tablet could not save.',
    remedy: 'Leave this page open and try again.',
  },
  'intake_key.missing': {
    text: 'The tablet still lacks a key of the study to seal with.',
    remedy: 'The interview stays as it is. Connect the tablet to the network, sync, and finish it then.',
  },
  'photo.unreadable': { text: 'The tablet cannot read this picture.', remedy: 'Take a new photo.' },
  'attachment.unknown': { text: 'A photo or file of this interview is no longer there.', remedy: 'Take it again or remove it.' },
  'draft.elsewhere': { text: 'This interview was carried on in another window meanwhile.', remedy: 'Pause it here and open it anew. The answers from the other window are saved.' },
  'pin.malformed': { text: 'A PIN has at least 6 digits.', remedy: 'Enter digits only.' },
  'tablet.locked': { text: 'The tablet is locked.', remedy: 'Enter your PIN.' },
  'tablet.new': { text: 'This tablet is not enrolled yet.', remedy: 'Open the enrolment link.' },
  'enrolment.already': {
    text: 'This tablet is enrolled already.',
    remedy: 'Open it with your PIN.',
  },
  'enrolment.answer': {
    text: 'What central answered to the enrolment is not genuine or not complete.',
    remedy: 'Try again. If it happens again, call the project office.',
  },
  'storage.lost': {
    text: 'The browser has deleted a part of the data.',
    remedy: 'Stop working and call the project office.',
  },
  'instance.exists': {
    text: 'This interview is finished already.',
    remedy: 'Go back to the start page. You find it in the list there.',
  },
  'sync.failed': {
    text: 'The sync was broken off.',
    remedy: 'Try again. What is sealed stays on the tablet.',
  },
  'device.revoked': {
    text: 'This tablet was signed off from the study.',
    remedy: 'What is sealed will still be handed over. Call the project office.',
  },
  'feed.broken': {
    text: 'What the tablet got from central is not genuine or not complete. None of it was taken over.',
    remedy: 'Call the project office. You can go on with interviews.',
  },
  'sync.pause': { text: 'The other side asks for a pause.', remedy: 'It goes on by itself.' },
  'place.full': {
    text: 'The field computer or central has no space left.',
    remedy:
      'The interviews stay safely on this tablet. Please tell the project office.',
  },
  'item.aside': { text: 'You have set this part aside.', remedy: 'It stays sealed on the tablet. “Try again” sends it with the others again.' },
  'item.gone': { text: 'The central office no longer has this part, and here it is deleted.', remedy: 'Please tell the project office.' },
  'handover.nothing': { text: 'There is nothing to hand over.', remedy: 'Everything is safely kept at the central office.' },
  'handover.failed': { text: 'The file could not be written.', remedy: 'Nothing is lost on the tablet. Make room, or choose another place, and try again.' },
  'sync.refused': {
    text: 'A sealed interview was not accepted. The tablet keeps its copy.',
    remedy: 'Tell the project office the code.',
  },
  'camera.denied': {
    text: 'Feldbuch may not use the camera.',
    remedy: 'Allow camera and microphone for this app in the settings of the browser. Then try again.',
  },
  'camera.absent': {
    text: 'The tablet offers no camera.',
    remedy: 'Go on and answer later, or choose a file where the question allows it.',
  },
  'camera.busy': {
    text: 'The camera does not answer.',
    remedy: 'Close other apps that use the camera. Then try again.',
  },
  'video.failed': {
    text: 'Nothing was recorded.',
    remedy: 'Start the recording again.',
  },
  'file.large': {
    text: 'This file is too large: at most {limit} MB.',
    remedy: 'Choose a smaller file.',
  },
  'file.empty': {
    text: 'This file is empty.',
    remedy: 'Choose another file.',
  },
  'position.denied': {
    text: 'Feldbuch may not use the place of the tablet.',
    remedy: 'Allow the location for this app in the settings of the browser, or enter the coordinates.',
  },
  'position.unavailable': {
    text: 'The tablet does not find its place yet.',
    remedy: 'Switch the location of the tablet on, go outdoors and wait. You can also enter the coordinates.',
  },
  envelope: {
    text: 'A sealed interview was damaged on its way. The tablet keeps its copy.',
    remedy: 'Tell the project office the code.',
  },
}
