import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Key Role Type (KMIP 1.4 section 9.1.3.2.17, KMIP 2.1 section 11.26). */
export const KeyRoleType = defineEnum('KeyRoleType', {
  BDK: [0x01],
  CVK: [0x02],
  DEK: [0x03],
  MKAC: [0x04],
  MKSMC: [0x05],
  MKSMI: [0x06],
  MKDAC: [0x07],
  MKDN: [0x08],
  MKCP: [0x09],
  MKOTH: [0x0a],
  KEK: [0x0b],
  MAC16609: [0x0c],
  MAC97971: [0x0d],
  MAC97972: [0x0e],
  MAC97973: [0x0f],
  MAC97974: [0x10],
  MAC97975: [0x11],
  ZPK: [0x12],
  PVKIBM: [0x13],
  PVKPVV: [0x14],
  PVKOTH: [0x15],
  DUKPT: [0x16, '1.4'],
  IV: [0x17, '1.4'],
  TRKBK: [0x18, '1.4'],
})
export type KeyRoleType = ValueOf<typeof KeyRoleType>
