import { fileURLToPath } from 'node:url'
import { describeCases } from './harness/suite.ts'
import { findCases } from './runner/files.ts'
import { NO_SETTINGS, type Alternative } from './runner/settings.ts'

/** The issuing key pair is that of the conversation's own client, whose name follows from the file's. */
const ISSUING: readonly Alternative[] = ['1.0', '1.4', '2.0'].map((version) => ({
  cases: [`${version}/certification`],
  config: { certification: { client: `${version}-certification` } },
  reason: 'certificates are issued only where an issuing key pair is configured',
}))

const folder = fileURLToPath(new URL('../spec-vectors/operations', import.meta.url))
describeCases('our own cases', findCases([folder]), { ...NO_SETTINGS, alternatives: ISSUING })
