import type { Database } from './database'
import type { Gate } from './gate'

/** Training of the interviewer who has the tablet open: what is begun meanwhile is marked and counts nowhere. */
export class Training {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
  ) {}

  /** Raises `tablet.locked`. */
  async isOn(): Promise<boolean> {
    return (await this.database.interviewers.get(this.gate.interviewer()))?.isTraining === true
  }

  /** Stays until it is turned off, also over a lock. Drafts keep the mark that they were begun with. Raises `tablet.locked`. */
  async turn(on: boolean): Promise<void> {
    await this.database.interviewers.update(this.gate.interviewer(), { isTraining: on })
  }
}
