// Drives tus-js-client against a place. Called by test_tus_clients.py as
//   node tus_client.mjs PACKAGE_JSON PLAN
// where PLAN is JSON: {endpoint, headers, uploads: [{file, cover, url?, withCreation?, stopAt?, outlive?}]}.
// Says one line for each thing that happens: "stopped NAME URL", "waiting NAME", "done NAME STATE URL", "failed NAME WHY".
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { basename } from 'node:path'

const [packageFile, plan] = process.argv.slice(2)
const { Upload } = createRequire(packageFile)('tus-js-client')
const { endpoint, headers, uploads } = JSON.parse(plan)
const PIECE = 128 * 1024

/** Resolves when nobody listens there any more. */
async function gone() {
  const { hostname, port } = new URL(endpoint)
  const answers = () =>
    new Promise((resolve) => {
      const probe = connect(Number(port), hostname, () => resolve(true))
      probe.on('connect', () => probe.destroy()).on('error', () => resolve(false))
    })
  for (const end = Date.now() + 20_000; await answers(); ) {
    if (Date.now() > end) throw new Error('it still listens')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function send({ file, cover, url, withCreation, stopAt, outlive }) {
  const name = basename(file)
  let pieces = 0
  return new Promise((resolve) => {
    const say = (...words) => resolve(console.log(...words))
    const upload = new Upload(readFileSync(file), {
      endpoint,
      headers,
      chunkSize: PIECE,
      metadata: { cover },
      uploadUrl: url ?? null,
      uploadDataDuringCreation: withCreation ?? false,
      // What is refused for good would be tried again for as long as the server needs to start.
      retryDelays: Array(200).fill(100),
      onShouldRetry: (error) => error.originalResponse === null || error.originalResponse.getStatus() >= 500,
      onBeforeRequest: async (request) => {
        if (request.getMethod() !== 'PATCH' || (pieces += 1) !== outlive) return
        console.log('waiting', name)
        await gone()
      },
      onChunkComplete: (_, accepted) => {
        if (stopAt !== undefined && accepted >= stopAt) void upload.abort().then(() => say('stopped', name, upload.url))
      },
      onError: (error) => say('failed', name, error.message),
      onSuccess: ({ lastResponse }) => say('done', name, lastResponse.getHeader('Feldbuch-State'), upload.url),
    })
    upload.start()
  })
}

await Promise.all(uploads.map(send))
