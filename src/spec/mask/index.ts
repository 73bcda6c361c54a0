import { CryptographicUsageMask } from './cryptographic-usage-mask.ts'
import { ProtectionStorageMask } from './protection-storage-mask.ts'
import { StorageStatusMask } from './storage-status-mask.ts'

export { CryptographicUsageMask } from './cryptographic-usage-mask.ts'
export { ProtectionStorageMask } from './protection-storage-mask.ts'
export { StorageStatusMask } from './storage-status-mask.ts'

/** Every bit mask of the standard by its name. */
export const MASKS = Object.freeze({
  CryptographicUsageMask,
  ProtectionStorageMask,
  StorageStatusMask,
})
