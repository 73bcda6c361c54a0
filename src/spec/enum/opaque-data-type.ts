import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Opaque Data Type (KMIP 1.4 section 9.1.3.2.10, KMIP 2.1 section 11.35). */
export const OpaqueDataType = defineEnum('OpaqueDataType', {})
export type OpaqueDataType = ValueOf<typeof OpaqueDataType>
