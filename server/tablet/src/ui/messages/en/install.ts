import type { Messages } from '../de'

export const install: Messages['install'] = {
  title: 'Put it on the home screen',
  why: 'Opened from the home screen, the tablet keeps the data more reliably.',
  button: 'Install Feldbuch',
  done: 'Feldbuch runs as an app from the home screen.',
  android: 'Android with Chrome',
  android1: 'Tap the three dots at the top right.',
  android2: 'Choose “Install app” or “Add to Home screen”.',
  ipad: 'iPad with Safari',
  ipad1: 'Tap the share sign, the square with the arrow pointing up.',
  ipad2: 'Choose “Add to Home Screen”.',
  last: 'From now on, open Feldbuch by its sign on the home screen.',
  ipadFirst: 'On an iPad, first add it to the home screen, then enrol there: Safari and the app on the home screen share no data. Copy the enrolment link for that.',
}
