import type { Infer } from '../../schema/codec.ts'
import { optional, repeated } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/**
 * What a server says of itself (KMIP 2.1 section 7.37), but for what vendors add to it. In 1.x the structure holds
 * whatever the vendor puts in it.
 */
export const ServerInformationStruct = struct({
  serverName: optional(Tag.ServerName),
  serverSerialNumber: optional(Tag.ServerSerialNumber),
  serverVersion: optional(Tag.ServerVersion),
  serverLoad: optional(Tag.ServerLoad),
  productName: optional(Tag.ProductName),
  buildLevel: optional(Tag.BuildLevel),
  buildDate: optional(Tag.BuildDate),
  clusterInfo: optional(Tag.ClusterInfo),
  alternateFailoverEndpoints: repeated(Tag.AlternateFailoverEndpoints),
})
export interface ServerInformation extends Infer<typeof ServerInformationStruct> {}
