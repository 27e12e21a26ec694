/** Central in memory, as far as a tablet sees it: it signs for real and can be told to fail. */
import { b64u, canonical, coverHash, documentHash, keyId, readItems, recipientPublicBytes, verifyBody, verifyCover, type JsonObject } from '../../envelope'
import type { EnrolmentLink } from '../../services'
import { hex, join, randomBytes, sha256Hex, utf8, type Bytes } from '../../store/bytes'
import { summarise, type Part } from '../reconcile'

export const URL_OF_CENTRAL = 'https://central.example'
export const URL_OF_NODE = 'https://node.example'
const STUDY = 'ruhr-2026'

type Answer = Response | 'drop'
/** Looked at before each call; what it gives is answered instead. */
export type Fault = (path: string, init: RequestInit, origin: string) => Answer | undefined | Promise<Answer | undefined>

/** What is published with a definition: its XForm, and the files that it uses by their names. */
export interface Given {
  readonly xform?: string
  readonly files?: Readonly<Record<string, string>>
  /** Where the form may be begun; left out: everywhere. */
  readonly sites?: readonly string[]
}

export class TestCentral {
  readonly chains = new Map<string, JsonObject[]>()
  readonly contents = new Map<string, Bytes>()
  /** Bodies by the hash of their cover, once held. */
  readonly held = new Map<string, { readonly cover: Bytes; readonly body: Bytes }>()
  readonly uploads = new Map<string, { readonly cover: Bytes; readonly size: number; bytes: Bytes }>()
  readonly refused = new Map<string, string>()
  readonly hellos: JsonObject[] = []
  readonly calls: string[] = []
  readonly recoveries: JsonObject[] = []
  readonly batches: string[][] = []
  receipts: JsonObject[] = []
  mark: JsonObject | null = null
  epoch = '0'.repeat(31) + '1'
  gives = true
  standing = 'introduced'
  /** What it says to know beside the first version of the protocol. */
  capabilities: string[] = []
  /** Hashes of items of the device that it has beside those it holds. */
  readonly elsewhere = new Set<string>()
  /** What was told after comparisons. */
  readonly compared: JsonObject[] = []
  /** Whether certificates name a key to which what opens a forgotten PIN is sealed. */
  namesRecoveryKey = true
  limits: JsonObject = { batch_bytes: 1048576, batch_items: 500, offer_items: 500, item_bytes: 2147483648, patch_bytes: 65536 }
  fault: Fault = () => undefined
  seed = randomBytes(32)

  private constructor(
    readonly keys: CryptoKeyPair,
    readonly publicKey: string,
    readonly intakeKey: Bytes,
  ) {}

  static async create(): Promise<TestCentral> {
    const keys = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])
    const publicKey = b64u(new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey)))
    const seed = randomBytes(32)
    const central = new TestCentral(keys, publicKey, await recipientPublicBytes(seed))
    central.seed = seed
    const site = { id: 'gelsenkirchen', kind: 'arrival', title: { de: 'Gelsenkirchen' } }
    await central.append('study', 'study', { title: { de: 'Studie' }, languages: ['de'], sites: [site] })
    return central
  }

  link(): EnrolmentLink {
    return {
      study: STUDY,
      central: URL_OF_CENTRAL,
      title: { de: 'Studie' },
      site: 'gelsenkirchen',
      siteTitle: { de: 'Gelsenkirchen' },
      interviewer: 'int-07',
      token: 'token',
      key: this.publicKey,
    }
  }

  async sign(label: string, document: JsonObject): Promise<JsonObject> {
    const message = join([utf8(`${label}\0`), canonical(document)])
    const signature = await crypto.subtle.sign('Ed25519', this.keys.privateKey, message)
    return { ...document, signature: b64u(new Uint8Array(signature)) }
  }

  async append(chain: string, kind: string, body: JsonObject): Promise<JsonObject> {
    const entries = this.chains.get(chain) ?? []
    this.chains.set(chain, entries)
    const last = entries.at(-1)
    const previous = last === undefined ? null : documentHash(canonical(last))
    const document = { v: 1, study: STUDY, chain, number: entries.length + 1, previous, at: '2026-11-23T04:00:00Z', kind, body }
    const entry = await this.sign('feldbuch/1/feed', document)
    entries.push(entry)
    return entry
  }

  async publish(id: string, definition: string, given: Given = {}): Promise<string> {
    const name = async (text: string): Promise<{ readonly hash: string; readonly size: number }> => {
      const bytes = utf8(text)
      const hash = await sha256Hex(bytes)
      this.contents.set(hash, bytes)
      return { hash, size: bytes.length }
    }
    const version = await sha256Hex(utf8(definition))
    const files = await Promise.all(
      Object.entries(given.files ?? {}).map(async ([file, text]) => ({ name: file, ...(await name(text)) })),
    )
    await this.append('study', 'form', {
      id,
      version,
      title: { de: id },
      languages: ['de', 'bg'],
      definition: await name(definition),
      xform: await name(given.xform ?? `<h:html>${definition}</h:html>`),
      ...(files.length === 0 ? {} : { files }),
      ...(given.sites === undefined ? {} : { sites: given.sites }),
    })
    return version
  }

  async receipt(hash: string, state = 'held'): Promise<JsonObject> {
    const { cover } = this.held.get(hash) ?? { cover: new Uint8Array() }
    const { instance, part, body } = await verifyCover(cover)
    const document = { instance, part, cover_hash: hash, body_hash: body.hash, state, epoch: this.epoch, seq: this.receipts.length + 1 }
    const receipt = await this.sign('feldbuch/1/receipt', { v: 1, study: STUDY, ...document })
    this.receipts.push(receipt)
    return receipt
  }

  async makeMark(durableSeq: number, at = '2026-11-23T05:00:00Z'): Promise<JsonObject> {
    this.mark = await this.sign('feldbuch/1/mark', { v: 1, study: STUDY, epoch: this.epoch, durable_seq: durableSeq, at })
    return this.mark
  }

  /** As `fetch`; also for a node under `URL_OF_NODE`, which gives no receipts of its own. */
  readonly fetch = async (address: string, init: RequestInit): Promise<Response> => {
    const url = new URL(address)
    const path = url.pathname
    this.calls.push(`${init.method} ${path}`)
    const instead = await this.fault(path, init, url.origin)
    if (instead === 'drop') throw new TypeError('Failed to fetch')
    if (instead !== undefined) return instead
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as JsonObject) : {}
    if (path === '/sync/hello') return this.hello(url.origin, init.method ?? 'GET', body)
    if (path === '/sync/enrolment') return this.enrol(body)
    if (path === '/sync/recovery') return this.keep(body['recovery'] as JsonObject)
    if (new Headers(init.headers).get('Authorization') !== `Bearer ${this.epoch}`) return failure(401, 'session.unknown')
    if (path === '/sync/offer') return this.offer(body)
    if (path === '/sync/batch') return this.batch(await bytesOf(init))
    if (path === '/sync/receipts') return this.after(Number(url.searchParams.get('after')))
    if (path === '/sync/durable') return json({ mark: this.mark })
    if (path === '/sync/feed') return this.feed(body)
    if (path.startsWith('/sync/reconcile')) return this.reconcile(path.slice(15), body)
    if (path.startsWith('/sync/content/')) return content(this.contents.get(path.slice(14)))
    if (path.startsWith('/sync/files')) return this.files(path.slice(12), init)
    return failure(404, 'request.unknown')
  }

  private keep(recovery: JsonObject): Response {
    this.recoveries.push(recovery)
    return json({ kept: true })
  }

  private hello(origin: string, method: string, body: JsonObject): Response {
    const id = origin === URL_OF_NODE ? 'node1' : 'central'
    const common = { v: 1, id, study: STUDY, limits: this.limits }
    if (method === 'GET') return json({ ...common, role: 'central', challenge: 'c', capabilities: this.capabilities })
    this.hellos.push(body['hello'] as JsonObject)
    return json({ session: this.epoch, expires_in: 3600, standing: this.standing, epoch: this.epoch, mark: this.mark, pause: 0 })
  }

  private async enrol(body: JsonObject): Promise<Response> {
    const { id, key, encryption_key } = body['enrolment'] as Record<string, string>
    const chain = `device:${id}`
    const interviewer = body['token'] === 'token' ? 'int-07' : 'int-08'
    const named = this.namesRecoveryKey ? { recovery_key: b64u(this.intakeKey) } : {}
    const own = { device: id ?? '', encryption_key: encryption_key ?? '', interviewer, ...named }
    const entries = this.chains.get(chain)
    if (entries === undefined) {
      await this.append(chain, 'certificate', { ...own, key: key ?? '', site: 'gelsenkirchen', name: 'Tablet' })
      await this.append(chain, 'intake_key', { device: id ?? '', key: keyId(this.intakeKey), period: 1, public: b64u(this.intakeKey) })
    } else if (!entries.some((each) => (each['body'] as JsonObject)['interviewer'] === interviewer)) {
      await this.append(chain, 'interviewer', own)
    }
    return json({ entries: this.chains.get(chain) ?? [] })
  }

  private offer(body: JsonObject): Response {
    const items = body['items'] as readonly { readonly hash: string }[]
    return json({ answers: items.map(({ hash }) => ({ answer: this.held.has(hash) ? 'have' : 'want', receipt: null })) })
  }

  private async batch(bytes: Bytes): Promise<Response> {
    const answers: JsonObject[] = []
    for (const { cover, body } of readItems(bytes, { maxItems: 500, maxBody: bytes.length })) {
      answers.push(await this.take(cover.slice(), body.slice()))
    }
    this.batches.push(answers.map((answer) => answer['part'] as string))
    return json({ answers })
  }

  private async take(encoded: Bytes, body: Bytes): Promise<JsonObject> {
    const cover = await verifyCover(encoded)
    await verifyBody(body, cover.body)
    const { instance, part, hash } = cover
    const code = this.refused.get(part)
    if (code !== undefined) return { instance, part, hash, state: 'refused', code, receipt: null }
    const known = this.held.has(hash)
    this.held.set(hash, { cover: encoded, body })
    const receipt = this.gives && !known ? await this.receipt(hash) : null
    return { instance, part, hash, state: 'held', code: null, receipt }
  }

  private async reconcile(path: string, body: JsonObject): Promise<Response> {
    const every = [...this.held.keys(), ...this.elsewhere].sort()
    if (path === '/found') {
      this.compared.push(body)
      return json({ kept: true })
    }
    if (path === '/names') {
      const hashes = body['hashes'] as readonly string[]
      return json({ items: hashes.map((hash) => ({ hash, instance: 'uuid:lost', part: 'record', device: 'd', number: 1, size: 1 })) })
    }
    const prefixes = body['prefixes'] as readonly string[]
    const parts = prefixes.map(async (prefix) => partJson(await summarise(prefix, every.filter((hash) => hash.startsWith(prefix)))))
    return json({ parts: await Promise.all(parts) })
  }

  private after(after: number): Response {
    return json({ epoch: this.epoch, receipts: this.receipts.slice(after), cursor: this.receipts.length, more: false })
  }

  private feed(body: JsonObject): Response {
    const after = body['after'] as Record<string, number>
    return json({ entries: Object.entries(after).flatMap(([chain, number]) => this.chains.get(chain)?.slice(number) ?? []), more: false })
  }

  private async files(hash: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (init.method === 'POST') {
      const cover = Uint8Array.from(atob(headers.get('Upload-Metadata')?.slice(6) ?? ''), (letter) => letter.charCodeAt(0))
      this.uploads.set(coverHash(cover), { cover, size: Number(headers.get('Upload-Length')), bytes: new Uint8Array() })
      return new Response(null, { status: 201 })
    }
    if (hash.endsWith('/answer')) {
      const found = this.held.get(hash.slice(0, 64))
      return found === undefined ? failure(404, 'upload.unknown') : json(await this.take(found.cover, found.body))
    }
    const upload = this.uploads.get(hash)
    const size = this.held.get(hash)?.body.length
    if (upload === undefined && size !== undefined) return new Response(null, { headers: { 'Upload-Offset': String(size) } })
    if (upload === undefined) return failure(404, 'upload.unknown')
    if (init.method === 'HEAD') return new Response(null, { headers: { 'Upload-Offset': String(upload.bytes.length) } })
    if (Number(headers.get('Upload-Offset')) !== upload.bytes.length) return failure(409, 'upload.offset')
    upload.bytes = join([upload.bytes, await bytesOf(init)])
    if (upload.bytes.length < upload.size) return new Response(null, { status: 204 })
    this.uploads.delete(hash)
    const answer = await this.take(upload.cover, upload.bytes)
    return new Response(null, { status: 204, headers: { 'Feldbuch-State': answer['state'] as string } })
  }
}

export function json(value: JsonObject): Response {
  return new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json' } })
}

export function failure(status: number, code: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ error: { code, message: '', remedy: '' } }), { status, headers })
}

function content(bytes: Bytes | undefined): Response {
  return bytes === undefined ? failure(404, 'content.unknown') : new Response(bytes)
}

async function bytesOf(init: RequestInit): Promise<Bytes> {
  return new Uint8Array(await new Response(init.body as BodyInit).arrayBuffer())
}

/** Random bytes in hexadecimal, to be searched for. */
export function canary(): string {
  return `Kanarienvogel ${hex(randomBytes(8))}`
}

/** A part as it stands in an answer. */
export function partJson({ prefix, count, hashes, buckets }: Part): JsonObject {
  if (buckets === null) return { prefix, count, hashes: [...hashes] }
  return { prefix, count, buckets: Object.fromEntries([...buckets].map(([name, each]) => [name, [each.count, each.digest]])) }
}
