/** What an address with an enrolment is known by, without reading it. */
export const MARK = '#enrol='

/** Whether an address carries an enrolment. */
export function carriesLink(address: string): boolean {
  return address.includes(MARK)
}
