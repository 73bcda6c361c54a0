import type { AsymmetricKeys } from '../../port/crypto.ts'
import { supportsCurve } from './curve.ts'
import { generatePair } from './key-pair.ts'
import {
  agree,
  duplicate,
  exportPrivate,
  exportPublic,
  parseCertificate,
  parsePrivate,
  parsePublic,
  publicOf,
} from './key.ts'

/** Asymmetric keys by OpenSSL. */
export const nodeKeys: AsymmetricKeys = {
  parsePrivate,
  parsePublic,
  parseCertificate,
  exportPrivate,
  exportPublic,
  publicOf,
  duplicate,
  supportsCurve,
  generate: generatePair,
  agree,
}
