import { membersOf } from '../../schema/enumeration.ts'
import { PKCS_11ReturnCode } from '../../spec/enum/pkcs-11-return-code.ts'

/** What messages call a return code, as in `PIN_INCORRECT`. */
export function returnCodeName(code: number): string {
  return membersOf(PKCS_11ReturnCode).nameOf(code) ?? `code ${code}`
}
