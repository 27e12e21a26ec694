import type { Messages } from '../de'

export const barcode: Messages['barcode'] = {
  scan: 'Read the code with the camera',
  scanAgain: 'Read again',
  aim: 'Hold the code in the frame. It is read by itself.',
  slow: 'Nothing found yet. Hold the tablet still, a hand away, and see to light.',
  loading: 'The reader is being prepared …',
  read: 'Read: {code}',
}
