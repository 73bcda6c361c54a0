import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { dateTimeExtended } from '../../schema/primitive.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'
import { NonceStruct } from './nonce.ts'
import { TicketStruct } from './ticket.ts'

/** KMIP 1.4 section 2.1.2, KMIP 2.1 section 9.11. */
export const UsernameAndPasswordCredentialStruct = struct({
  username: required(Tag.Username),
  password: optional(Tag.Password),
})
export interface UsernameAndPasswordCredential extends Infer<
  typeof UsernameAndPasswordCredentialStruct
> {}

/** At least one field is given (KMIP 1.4 section 2.1.2, KMIP 2.1 section 9.11). */
export const DeviceCredentialStruct = struct({
  deviceSerialNumber: optional(Tag.DeviceSerialNumber),
  password: optional(Tag.Password),
  deviceIdentifier: optional(Tag.DeviceIdentifier),
  networkIdentifier: optional(Tag.NetworkIdentifier),
  machineIdentifier: optional(Tag.MachineIdentifier),
  mediaIdentifier: optional(Tag.MediaIdentifier),
})
export interface DeviceCredential extends Infer<typeof DeviceCredentialStruct> {}

/** A measurement or an assertion is given (KMIP 1.4 section 2.1.2, KMIP 2.1 section 9.11). */
export const AttestationCredentialStruct = struct({
  nonce: required(Tag.Nonce, NonceStruct),
  attestationType: required(Tag.AttestationType),
  attestationMeasurement: optional(Tag.AttestationMeasurement),
  attestationAssertion: optional(Tag.AttestationAssertion),
})
export interface AttestationCredential extends Infer<typeof AttestationCredentialStruct> {}

/** KMIP 2.1 section 9.11. */
export const OneTimePasswordCredentialStruct = struct({
  username: required(Tag.Username),
  password: optional(Tag.Password),
  oneTimePassword: required(Tag.OneTimePassword),
})
export interface OneTimePasswordCredential extends Infer<typeof OneTimePasswordCredentialStruct> {}

/** KMIP 2.1 section 9.11; the time is in microseconds. */
export const HashedPasswordCredentialStruct = struct({
  username: required(Tag.Username),
  timeStamp: required(Tag.TimeStamp, dateTimeExtended),
  hashingAlgorithm: optional(Tag.HashingAlgorithm),
  hashedPassword: required(Tag.HashedPassword),
})
export interface HashedPasswordCredential extends Infer<typeof HashedPasswordCredentialStruct> {}

/** KMIP 2.1 section 9.11. */
export const TicketCredentialStruct = struct({
  ticket: required(Tag.Ticket, TicketStruct),
})
export interface TicketCredential extends Infer<typeof TicketCredentialStruct> {}
