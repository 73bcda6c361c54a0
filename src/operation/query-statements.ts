import type { ClientRegistrationMethod } from '../spec/enum/client-registration-method.ts'
import { ProfileName } from '../spec/enum/profile-name.ts'
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

/** The profiles that are built, by the names of every version; an answer shows those of its own. */
export const BUILT_PROFILES: readonly ProfileInformation[] = [
  ProfileName.HTTPSServerKMIPV1_0,
  ProfileName.HTTPSServerKMIPV1_1,
  ProfileName.HTTPSServerKMIPV1_2,
  ProfileName.JSONServerKMIPV1_0,
  ProfileName.JSONServerKMIPV1_1,
  ProfileName.JSONServerKMIPV1_2,
  ProfileName.XMLServerKMIPV1_0,
  ProfileName.XMLServerKMIPV1_1,
  ProfileName.XMLServerKMIPV1_2,
  ProfileName.HTTPSServerKMIPV1_3,
  ProfileName.JSONServerKMIPV1_3,
  ProfileName.XMLServerKMIPV1_3,
  ProfileName.HTTPSServerKMIPV1_4,
  ProfileName.JSONServerKMIPV1_4,
  ProfileName.XMLServerKMIPV1_4,
  ProfileName.HTTPSServer,
  ProfileName.JSONServer,
  ProfileName.XMLServer,
].map((profileName) => ({ profileName }))
