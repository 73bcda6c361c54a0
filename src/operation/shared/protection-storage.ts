import { KmipFault } from '../../fault/fault.ts'
import { ProtectionStorageMask } from '../../spec/mask/protection-storage-mask.ts'
import type { ProtectionStorageMasks } from '../../spec/structure/protection-storage-masks.ts'

/** Where this server keeps objects other than keys (KMIP 2.1 section 12.2). */
const OFFERED_STORAGE: readonly number[] = [ProtectionStorageMask.Software]

/**
 * Refuses a choice of storage in which ours is not (KMIP 2.1 section 7.33). Throws `STORAGE_UNAVAILABLE`; where keys are
 * kept is for `placeOf` to say.
 */
export function checkStorage(masks: ProtectionStorageMasks | undefined): void {
  const wanted = masks?.protectionStorageMask ?? []
  if (wanted.length === 0 || wanted.some((mask) => OFFERED_STORAGE.includes(mask))) return
  throw new KmipFault('STORAGE_UNAVAILABLE', 'None of the Protection Storage Masks can be honoured')
}
