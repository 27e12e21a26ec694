/**
 * What the screens of the tablet app may ask for, and what the rooms behind them give.
 *
 * The screens (`src/ui`, `src/form`) know only these types; the rooms `src/store`, `src/sync` and `src/enrolment`
 * implement them, and `src/main.ts` puts both together. Nothing here touches a browser interface.
 */

import type { Kept, Outcome } from './envelope/record'
import type { RecordingService } from './recording/service'

/** A text in several languages, by language tag ("de", "bg"). */
export type LanguageMap = Readonly<Record<string, string>>

export interface Site {
  readonly id: string
  readonly kind: 'arrival' | 'origin'
  readonly title: LanguageMap
}

/** What an enrolment link says. Nothing of it reaches a server before the person agrees. */
export interface EnrolmentLink {
  readonly study: string
  readonly central: string
  readonly title: LanguageMap
  readonly site: string
  readonly siteTitle: LanguageMap
  readonly interviewer: string
  readonly token: string
  /** Central's public signing key, base64url: pinned from now on. */
  readonly key: string
  /** What the study demands of its tablets, where that is not the ordinary. */
  readonly policy?: Policy
}

/** What the study demands of its tablets. */
export interface Policy {
  /** Minutes without a touch after which the tablet locks itself. */
  readonly lockAfter: number
  /** What opens the drafts: digits, or a passphrase. */
  readonly protection: 'pin' | 'passphrase'
  /** Fewest characters of a new PIN or passphrase. */
  readonly least: number
  /** Whether a passkey of the platform may lock the drafts beside that, or has to wherever there is one. */
  readonly passkey: 'offered' | 'demanded'
}

/** Somebody who collects with this tablet. */
export interface Interviewer {
  /** The pseudonym. */
  readonly id: string
  /** What this person's drafts are opened by. */
  readonly protection: Policy['protection']
  /** Number of the code that opens a forgotten PIN; null where none was made. */
  readonly recovery: number | null
  /** The project office can tell that code: only then may the drafts depend on something that can vanish. */
  readonly canRecover: boolean
  /** The PIN opens only together with a passkey of this tablet: a finger, a face or the screen lock. */
  readonly hasPasskey: boolean
  /** The platform makes passkeys that open nothing: only the settings offer to try again. */
  readonly isKeyless: boolean
  /** The tablet was revoked: only that code opens what this person has begun. */
  readonly isAway: boolean
}

/** Who this tablet is, once enrolled. */
export interface Identity {
  readonly device: string
  readonly study: string
  readonly title: LanguageMap
  readonly site: Site
  readonly interviewer: string
  readonly central: string
}

/** A published form version as the feed names it. */
export interface FormVersion {
  readonly id: string
  readonly version: string
  readonly title: LanguageMap
  readonly languages: readonly string[]
}

/** A form version with its content, both checked against the hashes of the feed. */
export interface LoadedForm extends FormVersion {
  readonly definition: unknown
  readonly xform: string
  /** A file of this version by its name: data that choices come from, a picture of a label. Null where there is none. */
  readonly file?: (name: string) => Promise<Blob | null>
}

export interface FormStore {
  /** The newest version of each form, in the order of the feed. */
  current(): Promise<readonly FormVersion[]>
  /** A version by its hash, also an older one that a draft belongs to. Raises `form.unknown`. */
  load(version: string): Promise<LoadedForm>
}

/** Who an interview is about, by a pseudonym and what the list shows of it. */
export interface CaseReference {
  readonly id: string
  readonly label: string
}

/** A case of the interviewer who has the tablet open. */
export interface OwnCase extends CaseReference {
  /** The day by which it is to be done, `YYYY-MM-DD`; null where it is not urgent. */
  readonly due: string | null
  /** What is to be filled in: the forms that are due, or all where none is named. */
  readonly forms: readonly FormVersion[]
  /** Ids of forms that are due and not on this tablet. */
  readonly lacking: readonly string[]
  readonly note: string | null
  readonly properties: Readonly<Record<string, string>>
  /** How many interviews were finished for it on this tablet. */
  readonly done: number
}

export interface CaseStore {
  /** Whether there ever was a list for anybody on this tablet. Opens nothing. */
  isThere(): Promise<boolean>
  /** What concerns the interviewer who has the tablet open. Raises `tablet.locked`. */
  look(): Promise<OwnCases>
}

export interface OwnCases {
  /** Null where the list does not open: nobody is to think that there is nothing to do. */
  readonly cases: readonly OwnCase[] | null
  /** What drafts and finished interviews are of, by the id of the draft or instance. */
  readonly subjects: ReadonlyMap<string, CaseReference>
}

/** What a draft keeps: an answer is never only in the engine. Stored sealed under the tablet's key. */
export interface DraftContent {
  /** The instance as the engine serialises it, with its instanceID. */
  readonly instanceXml: string
  /** Answers that a relevance hides at the moment, by reference; the engine drops them from the XML. */
  readonly hidden: Readonly<Record<string, string>>
  /** The form's language, since the engine does not keep it. */
  readonly language: string
  /** Where the interviewer was: reference of the section. */
  readonly position: string | null
  /** The code of the card that the respondent was given, once there is one. */
  readonly card?: string
  /** Orders that are not whole and so no answers, by the reference of their question. */
  readonly begun?: Readonly<Record<string, readonly string[]>>
  /** Whether a sealed copy may leave the tablet before the end: the respondent has consented, or nobody has to be asked. */
  readonly mayLeave?: boolean
  /** What it goes back to, where it corrects a record that was sent back or goes on with an interview of another tablet. */
  readonly returned?: Returned
  /** The case that it was begun for. */
  readonly subject?: CaseReference
  /** A short text for the list of drafts that names no respondent, such as "3 of 9 sections". */
  readonly progress: { readonly answered: number; readonly asked: number }
}

/** What somebody at the project office said of a record. */
export interface ReturnComment {
  /** Path of the question that is meant, or null for the whole. */
  readonly path: string | null
  readonly text: string
  readonly by: string
  readonly at: string
}

/** What a draft knows of the record that it was made from. */
export interface Returned {
  /** Ids of the returns that it answers. */
  readonly ids: readonly string[]
  /** The instance that it will replace; null where an interview goes on that is no correction. */
  readonly replaces: string | null
  readonly comments: readonly ReturnComment[]
  /** Files of earlier versions. */
  readonly kept: readonly Kept[]
  /** Those of them that came along, by name; the others lie at central alone. */
  readonly here: readonly string[]
  /** Those at central that the interviewer took away, by name. */
  readonly removed?: readonly string[]
}

/** A record that was sent back to the interviewer who has the tablet open: all that was said of one version. */
export interface SentBack {
  /** The newest return of it. */
  readonly id: string
  readonly kind: 'has_issues' | 'unfinished'
  readonly form: FormVersion
  /** What the form calls the instance, or null. */
  readonly name: string | null
  /** When it was sent back last. */
  readonly at: string
  /** The newest first. */
  readonly comments: readonly ReturnComment[]
  /**
   * `waiting`: nobody has begun; `begun`: a draft was made from it; `answered`: it was corrected before this came;
   * `form_missing`: its version of the form is not here yet.
   */
  readonly state: 'waiting' | 'begun' | 'answered' | 'form_missing'
  readonly isTraining: boolean
}

/** What was sent back, once somebody looks at it. */
export interface ReturnRoom {
  /** Those of the interviewer who has the tablet open, the newest first. Raises `tablet.locked`. */
  list(): Promise<readonly SentBack[]>
  /**
   * The draft to go on with: made from the record at first, later the same, with the comments that came meanwhile.
   * Raises `draft.unknown`, `form.unknown`, `storage.full`.
   */
  correct(id: string): Promise<string>
  /** Takes one from the list that was corrected before it came. */
  dismiss(id: string): Promise<void>
}

export interface ReturnStore {
  /** How many were ever sent back to this tablet. Opens nothing. */
  count(): Promise<number>
  /** What opens them; loaded when it is asked for. */
  room(): Promise<ReturnRoom>
}

export interface DraftSummary {
  readonly id: string
  readonly form: FormVersion
  readonly startedAt: string
  readonly changedAt: string
  readonly progress: { readonly answered: number; readonly asked: number }
  /** Begun in training: marked, and counted nowhere. */
  readonly isTraining?: boolean
  /** Error code of a draft that does not open; it is kept and never goes by itself. */
  readonly setAside?: string | null
  /** Versions of its form that it was moved away from, the last one first; left out where there are none. */
  readonly movedFrom?: readonly FormVersion[]
}

/** From one version of its form to another, worked out from what the draft said at one revision. */
export interface DraftStep {
  readonly from: FormVersion
  readonly to: FormVersion
  readonly revision: number
}

/** What a draft said under a version that it was moved away from. */
export interface DraftAside {
  readonly form: FormVersion
  readonly content: DraftContent
}

export interface DraftAttachment {
  /** File name as it stands in the instance. */
  readonly name: string
  readonly contentType: string
  readonly size: number
}

export interface DraftStore {
  /** `noted`, here and in `save`: what the journal of the draft gains, kept by the same write. */
  create(form: FormVersion, content: DraftContent, noted?: string | null): Promise<string>
  list(): Promise<readonly DraftSummary[]>
  /** Raises `draft.unknown`, and of a draft that is set aside by it `draft.sealed` or `draft.malformed`. */
  load(id: string): Promise<{ readonly summary: DraftSummary; readonly content: DraftContent; readonly revision: number }>
  /** Marks a draft that could not be gone on with; nothing of it changes, and the next save takes the mark away. */
  setAside(id: string, code: string): Promise<void>
  /** Resolves when the draft is on disk (strict durability). `under`: the version that it was opened under, to be compared. */
  save(id: string, content: DraftContent, noted?: string | null, under?: string): Promise<void>
  /**
   * Puts what is said under another version of the form, in one write. What it said before stays aside, with all its
   * files, until the draft is finished. Raises as `save`; `draft.elsewhere` when it is not as the step found it.
   */
  move(id: string, step: DraftStep, content: DraftContent, noted?: string | null): Promise<void>
  /** What it said under versions that it was moved away from, the last one first. */
  aside(id: string): Promise<readonly DraftAside[]>
  /** What was noted with each write, in order. */
  journal(id: string): Promise<readonly string[]>
  putAttachment(id: string, name: string, file: Blob): Promise<void>
  attachment(id: string, name: string): Promise<File>
  attachments(id: string): Promise<readonly DraftAttachment[]>
  removeAttachment(id: string, name: string): Promise<void>
  discard(id: string): Promise<void>
}

/** Where a finished instance is, as far as this tablet can prove it. `safe`: receipt and durable mark say so. */
export type Whereabouts = 'tablet' | 'node' | 'central' | 'safe' | 'quarantined' | 'conflict' | 'set_aside'

export interface FinishedInstance {
  readonly instance: string
  readonly form: FormVersion
  readonly finishedAt: string
  /** Number of the record's cover in this device's chain. */
  readonly number: number
  readonly whereabouts: Whereabouts
  /** Parts: the record and its attachments. */
  readonly parts: number
  /** Error code when `set_aside` or `quarantined`. */
  readonly code: string | null
  /** When all its parts were last written into a hand-over file, by the tablet's clock. Permits nothing. */
  readonly handedOverAt?: string | null
  readonly isTraining?: boolean
}

/** What a record says beside its answers. */
export interface Ending {
  /** Left out where the interview is complete. */
  readonly outcome?: Outcome
  /** The code of the respondent's card, if one was made. */
  readonly card?: string
  /** The case that it was begun for. */
  readonly subject?: CaseReference
}

export interface Finisher {
  /**
   * Seals the draft and its attachments, numbers and signs the covers, stores them durably and removes the draft,
   * all or nothing. `attachmentNames` are the file names that stand in the final XML.
   * Raises `storage.full`, `intake_key.missing`.
   */
  finish(
    draft: string,
    instanceXml: string,
    language: string,
    attachmentNames: readonly string[],
    ending?: Ending,
  ): Promise<FinishedInstance>
}

export interface Outbox {
  list(): Promise<readonly FinishedInstance[]>
}

export type SyncPhase = 'idle' | 'contacting' | 'delivering' | 'fetching'

export interface SyncStatus {
  readonly phase: SyncPhase
  /** Last time a node or central answered, ISO, or null for never. */
  readonly lastContact: string | null
  /** What answered last: a node's id, "central" or null. */
  readonly lastPlace: string | null
  /** Error code of the last try, or null. */
  readonly problem: string | null
  /** A break in the signed feed or a foreign key: said in red. */
  readonly alarm: string | null
  /** How much of what waited at the beginning of this round is delivered. */
  readonly progress?: DeliveryProgress | null
  /** Media that wait for a better line; records went. */
  readonly heldBack?: HeldBack | null
  /** Seconds by which the tablet's clock is ahead of central's (negative: behind), where that is worth telling. */
  readonly clockAhead?: number | null
}

export interface DeliveryProgress {
  readonly parts: number
  readonly ofParts: number
  readonly bytes: number
  readonly ofBytes: number
}

/** `metered`: the line costs by volume, or saving is asked for; `weak`: it is slow. */
export type Thrift = 'metered' | 'weak'

export interface HeldBack {
  readonly reason: Thrift
  readonly parts: number
  readonly bytes: number
}

export interface Sync {
  /**
   * One round: deliver, fetch receipts and the mark, follow the feed. Never throws; see `status`. With `media` also what
   * waits for a better line is sent.
   */
  round(options?: { readonly media?: boolean }): Promise<SyncStatus>
  status(): SyncStatus
  /** Starts rounds by themselves: at once, when the network comes back, after finishing, and every `seconds`. */
  start(seconds: number): void
  stop(): void
}

/** A sealed part that central does not yet keep for good. */
export interface WaitingPart {
  readonly id: string
  readonly instance: string
  readonly form: FormVersion
  readonly finishedAt: string
  /** 0 the answers, 1 a photo or file, 2 a recording. */
  readonly priority: number
  readonly size: number
  readonly whereabouts: Whereabouts
  readonly code: string | null
  /** Id of the place that gave the code, or null. */
  readonly place: string | null
  /** When it is offered again by itself, or null. */
  readonly nextTry: string | null
  /** A person has set it aside: it is not offered again by itself. */
  readonly isAside: boolean
  readonly handedOverAt: string | null
}

/** Where a hand-over file is written to, piece by piece. */
export interface HandoverTarget {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  close(): Promise<void>
  /** Leaves nothing behind. */
  abort(): Promise<void>
}

/** What the next hand-over file would hold. `left`: parts that need a further file. */
export interface HandoverPlan {
  readonly name: string
  readonly parts: number
  readonly bytes: number
  readonly left: number
}

/** What is not safe yet: part by part, and all of it in a file. */
export interface Handover {
  waiting(): Promise<readonly WaitingPart[]>
  /** Offers it again at the next round. */
  retry(id: string): Promise<void>
  setAside(id: string): Promise<void>
  plan(): Promise<HandoverPlan>
  /** Writes the planned file. `told` hears the bytes written. Raises what the target raises; nothing is marked then. */
  write(target: HandoverTarget, told: (bytes: number) => void): Promise<HandoverPlan>
}

export interface StorageReport {
  readonly persisted: boolean
  readonly used: number
  readonly quota: number
}

/** A passkey of the platform that locks an interviewer's keys beside the PIN. */
export interface Passkeys {
  /** Whether the platform says that it has what that needs. */
  isThere(): Promise<boolean>
  /** Opens by the PIN alone for the last time. Raises as `Tablet.unlock`, `passkey.not_made` and `passkey.unrecoverable`. */
  add(pin: string, interviewer?: string): Promise<void>
  /** The PIN alone opens again. Raises as `Tablet.unlock`. */
  remove(pin: string, interviewer?: string): Promise<void>
}

/** The tablet as a whole. `Observable`: `subscribe` calls back after any change and returns the function that ends it. */
export interface Tablet {
  /** Nothing enrolled, enrolled and locked, or open. */
  state(): Promise<'new' | 'locked' | 'open'>
  /** Reads `#enrol=...`; null when the address holds none. Raises `enrolment.link.malformed`. */
  readLink(address: string): Promise<EnrolmentLink | null>
  /**
   * Enrols the tablet, or a further interviewer on it, and opens. Raises enrolment.* codes of the protocol and
   * `network.unreachable`; `withPasskey` also `passkey.not_made`. The passkey is left out where no code could replace it.
   */
  enrol(link: EnrolmentLink, pin: string, withPasskey?: boolean): Promise<void>
  /** Those who collect with this tablet, in the order in which they came. */
  interviewers(): Promise<readonly Interviewer[]>
  /** Opens for an interviewer, the first if none is named. Raises `pin.wrong`, `passkey.refused`, and `pin.wait` with `seconds` after many wrong tries. */
  unlock(pin: string, interviewer?: string): Promise<void>
  /** Sets a new PIN by a code of the project office, and opens. Raises `recovery.malformed`, `recovery.wrong`, `passkey.not_made`. */
  recover(code: string, pin: string, interviewer?: string, withPasskey?: boolean): Promise<void>
  readonly passkeys: Passkeys
  /** Seconds that an interviewer still has to wait after wrong tries. */
  waiting(interviewer: string): Promise<number>
  lock(): void
  /** Whether something goes on while the tablet is locked, such as a recording. */
  isHeld(): boolean
  /** Whether central has revoked the tablet while it was open: it has to be locked, once what is open is kept. */
  mustClose(): Promise<boolean>
  /** What the study demands, as the newest entry of the feed says it. */
  policy(): Promise<Policy>
  identity(): Promise<Identity>
  /** Whether what is begun now is training: marked in its record, and counted nowhere. Raises `tablet.locked`. */
  isTraining(): Promise<boolean>
  setTraining(on: boolean): Promise<void>
  readonly forms: FormStore
  readonly drafts: DraftStore
  readonly finisher: Finisher
  readonly outbox: Outbox
  readonly sync: Sync
  readonly handover: Handover
  readonly returns: ReturnStore
  readonly cases: CaseStore
  /** Null where the platform cannot record. */
  readonly recorder: RecordingService | null
  storage(): Promise<StorageReport>
  requestPersistence(): Promise<boolean>
  subscribe(listener: () => void): () => void
}

/** An error with a code of the catalogue (`src/ui/messages`), never with an answer in it. */
export class TabletError extends Error {
  constructor(
    readonly code: string,
    readonly params: Readonly<Record<string, string | number>> = {},
  ) {
    super(code)
    this.name = 'TabletError'
  }
}
