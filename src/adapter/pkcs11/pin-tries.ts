import { KmipFault } from '../../fault/fault.ts'
import { TokenFlag } from '../../spec/pkcs11/constant.ts'

/**
 * Whether a PIN may be tried. The last try is left to people: whoever starts a server again and again with a wrong PIN
 * would lock the token, and every key in it, without noticing. Throws `AUTHENTICATION_FAILED`.
 *
 * @param flags - of the token (PKCS#11 3.0 section 3.2, `CK_TOKEN_INFO`); what is no number says nothing
 */
export function checkPinTries(flags: unknown): void {
  if (typeof flags !== 'number') return
  if ((flags & TokenFlag.UserPinLocked) !== 0) {
    throw refused('The PIN of the token is locked: its security officer has to set a new one')
  }
  if ((flags & TokenFlag.UserPinFinalTry) !== 0) {
    throw refused(
      'The token allows one more try of its PIN, which is not taken: log in to it once by other means',
    )
  }
}

function refused(message: string): KmipFault {
  return new KmipFault('AUTHENTICATION_FAILED', message)
}
