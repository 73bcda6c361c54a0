import type { TokenRefusal } from '../../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'

/** What the token may say to clients: whatever is about the request, and nothing about sessions and logins of ours. */
const TOLD: readonly RC[] = [
  ...[RC.ATTRIBUTE_READ_ONLY, RC.ATTRIBUTE_SENSITIVE, RC.ATTRIBUTE_TYPE_INVALID],
  ...[RC.ATTRIBUTE_VALUE_INVALID, RC.ACTION_PROHIBITED, RC.DATA_INVALID, RC.DATA_LEN_RANGE],
  ...[RC.DEVICE_ERROR, RC.DEVICE_MEMORY, RC.ENCRYPTED_DATA_INVALID, RC.ENCRYPTED_DATA_LEN_RANGE],
  ...[RC.FUNCTION_FAILED, RC.FUNCTION_NOT_SUPPORTED, RC.KEY_HANDLE_INVALID, RC.KEY_SIZE_RANGE],
  ...[RC.KEY_TYPE_INCONSISTENT, RC.KEY_FUNCTION_NOT_PERMITTED, RC.MECHANISM_INVALID],
  ...[RC.MECHANISM_PARAM_INVALID, RC.OBJECT_HANDLE_INVALID, RC.SIGNATURE_INVALID],
  ...[RC.SIGNATURE_LEN_RANGE, RC.TEMPLATE_INCOMPLETE, RC.TEMPLATE_INCONSISTENT],
]

/** The return code that a client is given for a refusal of the token. */
export function returnCodeOf({ returnCode }: TokenRefusal): RC {
  return TOLD.find((each) => each === returnCode) ?? RC.FUNCTION_FAILED
}
