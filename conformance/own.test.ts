import { fileURLToPath } from 'node:url'
import { describeCases } from './harness/suite.ts'
import { findCases } from './runner/files.ts'
import { NO_SETTINGS } from './runner/settings.ts'

const folder = fileURLToPath(new URL('../spec-vectors/operations', import.meta.url))
describeCases('our own cases', findCases([folder]), NO_SETTINGS)
