import { KmipFault } from '../../fault/fault.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { applyPad, isOneTimePad, type PadUse } from '../../model/one-time-pad.ts'
import { withUsage } from '../../model/usage.ts'
import type { Secret } from '../../secret/secret.ts'
import type { OperationContext } from '../context.ts'
import { withKeyBytes } from './key-material.ts'
import { isWhole, type PartRequest } from './parts.ts'

/**
 * Encrypts or decrypts with a one-time pad (KMIP 1.4 section 9.1.3.2.13). What was used of it is stored before the answer
 * goes out. Throws `UNSUPPORTED_FEATURE` for parts, `MISSING_FIELD`, `USAGE_EXHAUSTED`.
 */
export async function usePad(
  object: ManagedObject,
  use: PadUse,
  request: PartRequest,
  context: OperationContext,
): Promise<Secret> {
  const { data } = request
  if (!isWhole(request)) {
    throw new KmipFault('UNSUPPORTED_FEATURE', 'A one-time pad works on all data at once')
  }
  if (data === undefined) throw new KmipFault('MISSING_FIELD', 'Data is missing')
  const charged = use === 'encrypt' ? withUsage(object, data.length) : object
  const applied = withKeyBytes(object, context, (pad) => applyPad(charged, use, { pad, data }))
  await context.objects.save(applied.object)
  data.destroy()
  return applied.data
}

/**
 * What Get shows of a pad: that it is here, and not its bytes, for who has both a pad and what it encrypted has the
 * plaintext; or nothing at all, where policy says so. Undefined for other objects. Throws `NOT_PERMITTED`.
 */
export function padBlock(
  object: ManagedObject,
  { keyFormatType }: KeyBlock,
  { policy }: OperationContext,
): KeyBlock | undefined {
  if (!isOneTimePad(object)) return undefined
  if (policy.getOneTimePad === 'refuse') {
    throw new KmipFault('NOT_PERMITTED', 'A one-time pad is not given away')
  }
  return { keyFormatType }
}
