import type { ClientRegistrationMethod } from '../spec/enum/client-registration-method.ts'
import type { CapabilityInformation } from '../spec/structure/capability-information.ts'
import type { ProfileInformation } from '../spec/structure/profile-information.ts'
import type { RNGParameters } from '../spec/structure/rng-parameters.ts'
import type { ValidationInformation } from '../spec/structure/validation-information.ts'

/**
 * What whoever runs the server states in the answers to Query, in the place of what the server knows of itself: a
 * validation that it went through, or what is true of a server together with what stands before it. What is absent is
 * answered from what is built.
 */
export interface QueryStatements {
  /** Those that are given take the place of the server's own, one by one. */
  readonly capabilities?: Partial<CapabilityInformation>
  readonly profiles?: readonly ProfileInformation[]
  readonly validations?: readonly ValidationInformation[]
  readonly rngs?: readonly RNGParameters[]
  readonly clientRegistrationMethods?: readonly ClientRegistrationMethod[]
}
