import type { Hsm } from '../../../src/operation/pkcs11/token/hsm.ts'
import { Residents } from '../../../src/operation/resident/residents.ts'
import type { Token } from '../../../src/port/token.ts'
import { silentLog } from '../../adapter/fixtures/recording-log.ts'

/** What a store is known by in the tokens of tests. */
export const REALM = '0123456789abcdef0123456789abcdef'

/** A token as a server has it. */
export function hsmOf(token: Token, more: Partial<Omit<Hsm, 'token' | 'residents'>> = {}): Hsm {
  return {
    token,
    objectsPerClient: more.objectsPerClient ?? 100,
    extractable: more.extractable ?? false,
    residents: new Residents({ token, realm: REALM, log: silentLog }),
  }
}
