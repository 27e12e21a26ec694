/** Envelopes: sealing, opening, verifying. `sync/envelope/FORMAT.md` is the definition. */
export { BodyWriter, openBody, verifyBody, type BodySource, type SealedBody } from './body'
export { openPiece, salvageBody, type Piece, type ReadAt, type Salvaged } from './salvage'
export {
  coverHash,
  holdsRecord,
  MAX_COVER_SIZE,
  parseCover,
  RECORD_PART,
  RECORD_TYPE,
  verifyCover,
  type BodyReference,
  type Cover,
  type Purpose,
  type SignerPosition,
} from './cover'
export { b64u, canonical, fromB64u, parseCanonical, type Json, type JsonObject } from './encoding'
export { EnvelopeError } from './errors'
export { packItem, readItems, type Item } from './item'
export { deviceId, keyId, recipientPublicBytes, signerOf, type Signer } from './keys'
export { groupsOf, isCardCode, newCardCode } from './card'
export {
  checkAttachment,
  packRecord,
  REASONS,
  unpackRecord,
  type Attachment,
  type Kept,
  type Outcome,
  type Reason,
  type RecordDocument,
} from './record'
export {
  openPart,
  openRecord,
  sealBody,
  sealPart,
  sealRecord,
  writeCover,
  type CoverFacts,
  type PrivateKeys,
  type SealedPart,
} from './seal'
export { sealSecret } from './secret'
export {
  documentHash,
  parseDocument,
  permitsDeleting,
  readFeedEntry,
  readMark,
  readReceipt,
  signDocument,
  verifyDocument,
  verifyOwnDocument,
  type FeedEntry,
  type Mark,
  type Receipt,
} from './signed'
