import { fileURLToPath } from 'node:url'
import { describeCases } from './harness/suite.ts'
import type { Case } from './runner/case.ts'
import { findCases } from './runner/files.ts'
import { NO_SETTINGS, type Alternative } from './runner/settings.ts'
import type { Way } from './runner/way.ts'

/** The issuing key pair is that of the conversation's own client, whose name follows from the file's and the way. */
const issuing = (suffix: string): readonly Alternative[] =>
  ['1.0', '1.4', '2.0'].map((version) => ({
    cases: [`${version}/certification`],
    config: { certification: { client: `${version}-certification${suffix}` } },
    reason: 'certificates are issued only where an issuing key pair is configured',
  }))

const INTEROP: Alternative = {
  cases: ['2.0/interop', '2.1/interop'],
  config: { policy: { interop: true } },
  reason: 'Interop is there only where it is switched on',
}

const folder = fileURLToPath(new URL('../spec-vectors/operations', import.meta.url))
const cases = findCases([folder])
const WAYS: readonly Way[] = ['ttlv', 'xml', 'json']
// Import says under which identifier an object is kept, so no two plays of it go to one server.
for (const way of WAYS) {
  const alternatives = [...issuing(way === 'ttlv' ? '' : `-${way}`), INTEROP]
  const settings = { ...NO_SETTINGS, alternatives }
  describeCases(`our own cases in ${way}`, cases.filter(isPlayedIn(way)), settings, { ways: [way] })
}

/** HTTP has no requests of a server: roles are turned on sockets that speak TTLV. */
function isPlayedIn(way: Way): (conversation: Case) => boolean {
  return ({ id }) => way === 'ttlv' || !id.endsWith('/set-endpoint-role')
}
