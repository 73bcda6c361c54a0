import { KmipFault } from '../../fault/fault.ts'
import { readMechanism } from '../../message/pkcs11/mechanism.ts'
import type { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import { AttributeSet } from '../../model/attribute-set.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { CryptographicUsageMask } from '../../spec/mask/cryptographic-usage-mask.ts'
import { MechanismFlag } from '../../spec/pkcs11/constant.ts'
import type { OperationContext } from '../context.ts'
import { getAttributes } from '../get-attributes.ts'
import type { Use } from './application.ts'
import { OK, ofSession, type CryptokiFunction, type SessionCall } from './call.ts'
import { planOf } from './mechanisms.ts'
import type { Plan } from './plan.ts'

const FLAGS: Readonly<Record<Use, number>> = {
  encrypt: MechanismFlag.Encrypt,
  decrypt: MechanismFlag.Decrypt,
  digest: MechanismFlag.Digest,
  sign: MechanismFlag.Sign,
  verify: MechanismFlag.Verify,
}

/** The bits that a key must have one of: a MAC has bits of its own. */
const MASKS: Readonly<Record<Use, number>> = {
  encrypt: CryptographicUsageMask.Encrypt,
  decrypt: CryptographicUsageMask.Decrypt,
  digest: 0,
  sign: CryptographicUsageMask.Sign | CryptographicUsageMask.MACGenerate,
  verify: CryptographicUsageMask.Verify | CryptographicUsageMask.MACVerify,
}

/** C_EncryptInit and its like: a mechanism and a key. */
export function beginWithKey(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => ({ mechanism: readMechanism(reader), key: reader.ulong() }),
    async ({ mechanism, key }, call) => {
      const plan = checkedPlan(use, mechanism, call)
      if (typeof plan === 'number') return { code: plan }
      const parameter = mechanism.parameter?.length ?? 0
      if (!call.application.hasRoom(parameter)) return { code: RC.DEVICE_MEMORY }
      const uniqueIdentifier = call.application.objectOf(key)
      if (uniqueIdentifier === undefined) return { code: RC.KEY_HANDLE_INVALID }
      const attributes = await attributesOf(uniqueIdentifier, call.context)
      const refusal = refusalOf(use, plan, attributes)
      if (refusal !== undefined) return { code: refusal }
      const bits = attributes.get('CryptographicLength') ?? 0
      call.after(() => {
        call.session.go(use, { plan, key: uniqueIdentifier, bits, held: 0, parameter })
      })
      return OK
    },
  )
}

/** C_DigestInit: a mechanism alone. */
export const digestInit: CryptokiFunction = ofSession(
  (reader: ParameterReader) => readMechanism(reader),
  (mechanism, call) => {
    const plan = checkedPlan('digest', mechanism, call)
    if (typeof plan === 'number') return { code: plan }
    call.after(() => {
      call.session.go('digest', { plan, bits: 0, held: 0, parameter: 0 })
    })
    return OK
  },
)

/** What the mechanism is to do, or why it cannot be begun. */
export function checkedPlan(
  use: Use,
  mechanism: Parameters<typeof planOf>[0],
  { session }: SessionCall,
): Plan | RC {
  if (session.active(use) !== undefined) return RC.OPERATION_ACTIVE
  const plan = planOf(mechanism, FLAGS[use])
  if (plan === 'mechanism') return RC.MECHANISM_INVALID
  if (plan === 'parameter') return RC.MECHANISM_PARAM_INVALID
  return plan
}

/** Whether the key is in a state to be used is asked again with each part of the data. */
function refusalOf(use: Use, { algorithms }: Plan, attributes: AttributeSet): RC | undefined {
  const algorithm = attributes.get('CryptographicAlgorithm') ?? CryptographicAlgorithm.EC
  if (!algorithms.includes(algorithm)) return RC.KEY_TYPE_INCONSISTENT
  const mask = attributes.get('CryptographicUsageMask') ?? 0
  const mayBeUsed = (mask & (MASKS[use] | CryptographicUsageMask.Unrestricted)) !== 0
  return mayBeUsed ? undefined : RC.KEY_FUNCTION_NOT_PERMITTED
}

/** All attributes of an object of the client. Throws `OBJECT_NOT_FOUND`, `OBJECT_DESTROYED`. */
export async function attributesOf(
  uniqueIdentifier: string,
  context: OperationContext,
): Promise<AttributeSet> {
  const { attributes } = await context.perform(getAttributes, {
    uniqueIdentifier: { kind: 'identifier', value: uniqueIdentifier },
    references: [],
  })
  const found = AttributeSet.from(attributes)
  if (found.get('DestroyDate') === undefined) return found
  throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
}
