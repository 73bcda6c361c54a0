import { defineMask } from '../../schema/enumeration.ts'

/** Bits of the Protection Storage Mask (KMIP 2.1 section 12.2). */
export const ProtectionStorageMask = defineMask('ProtectionStorageMask', {
  Software: [0x00000001, '2.0'],
  Hardware: [0x00000002, '2.0'],
  OnProcessor: [0x00000004, '2.0'],
  OnSystem: [0x00000008, '2.0'],
  OffSystem: [0x00000010, '2.0'],
  Hypervisor: [0x00000020, '2.0'],
  OperatingSystem: [0x00000040, '2.0'],
  Container: [0x00000080, '2.0'],
  OnPremises: [0x00000100, '2.0'],
  OffPremises: [0x00000200, '2.0'],
  SelfManaged: [0x00000400, '2.0'],
  Outsourced: [0x00000800, '2.0'],
  Validated: [0x00001000, '2.0'],
  SameJurisdiction: [0x00002000, '2.0'],
})
