import type { Infer } from '../../schema/codec.ts'
import { optional } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** What a server can do (KMIP 1.4 section 2.1.21, KMIP 2.1 section 7.5). */
export const CapabilityInformationStruct = struct({
  streamingCapability: optional(Tag.StreamingCapability),
  asynchronousCapability: optional(Tag.AsynchronousCapability),
  attestationCapability: optional(Tag.AttestationCapability),
  batchUndoCapability: optional(Tag.BatchUndoCapability),
  batchContinueCapability: optional(Tag.BatchContinueCapability),
  unwrapMode: optional(Tag.UnwrapMode),
  destroyAction: optional(Tag.DestroyAction),
  shreddingAlgorithm: optional(Tag.ShreddingAlgorithm),
  rngMode: optional(Tag.RNGMode),
  quantumSafeCapability: optional(Tag.QuantumSafeCapability),
})
export interface CapabilityInformation extends Infer<typeof CapabilityInformationStruct> {}
