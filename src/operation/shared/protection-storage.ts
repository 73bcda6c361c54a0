import type { FaultCode } from '../../fault/fault-code.ts'
import { KmipFault } from '../../fault/fault.ts'
import { ProtectionStorageMask } from '../../spec/mask/protection-storage-mask.ts'
import type { ProtectionStorageMasks } from '../../spec/structure/protection-storage-masks.ts'

/** Where this server keeps objects (KMIP 2.1 section 12.2). */
export const OFFERED_STORAGE: readonly number[] = [ProtectionStorageMask.Software]

/**
 * Refuses a choice of storage in which ours is not (KMIP 2.1 section 7.33).
 *
 * @param code - what to refuse with, where it is one half of a key pair that is to be stored
 */
export function checkStorage(
  masks: ProtectionStorageMasks | undefined,
  code: FaultCode = 'STORAGE_UNAVAILABLE',
): void {
  const wanted = masks?.protectionStorageMask ?? []
  if (wanted.length === 0 || wanted.some((mask) => OFFERED_STORAGE.includes(mask))) return
  throw new KmipFault(code, 'None of the Protection Storage Masks can be honoured')
}
