import { defineMask } from '../../schema/enumeration.ts'

/** Bits of the Storage Status Mask (KMIP 1.4 section 9.1.3.3.2, KMIP 2.1 section 12.3). */
export const StorageStatusMask = defineMask('StorageStatusMask', {
  OnLineStorage: [0x00000001],
  ArchivalStorage: [0x00000002],
  DestroyedStorage: [0x00000004, '2.0'],
})
