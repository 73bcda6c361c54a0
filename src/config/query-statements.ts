import { z } from 'zod'
import type { QueryStatements } from '../operation/query-statements.ts'
import { ClientRegistrationMethod } from '../spec/enum/client-registration-method.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { DestroyAction } from '../spec/enum/destroy-action.ts'
import { DRBGAlgorithm } from '../spec/enum/drbg-algorithm.ts'
import { FIPS186Variation } from '../spec/enum/fips186-variation.ts'
import { HashingAlgorithm } from '../spec/enum/hashing-algorithm.ts'
import { ProfileName } from '../spec/enum/profile-name.ts'
import { RecommendedCurve } from '../spec/enum/recommended-curve.ts'
import { RNGAlgorithm } from '../spec/enum/rng-algorithm.ts'
import { RNGMode } from '../spec/enum/rng-mode.ts'
import { ShreddingAlgorithm } from '../spec/enum/shredding-algorithm.ts'
import { UnwrapMode } from '../spec/enum/unwrap-mode.ts'
import { ValidationAuthorityType } from '../spec/enum/validation-authority-type.ts'
import { ValidationType } from '../spec/enum/validation-type.ts'
import { member } from './member.ts'

const text = z.string().min(1).max(1_024)
const whole = z.int().min(0).max(2_147_483_647)
const yesOrNo = z.boolean().exactOptional()

const capabilities = z.strictObject({
  streamingCapability: yesOrNo,
  asynchronousCapability: yesOrNo,
  attestationCapability: yesOrNo,
  batchUndoCapability: yesOrNo,
  batchContinueCapability: yesOrNo,
  unwrapMode: member(UnwrapMode).exactOptional(),
  destroyAction: member(DestroyAction).exactOptional(),
  shreddingAlgorithm: member(ShreddingAlgorithm).exactOptional(),
  rngMode: member(RNGMode).exactOptional(),
  quantumSafeCapability: yesOrNo,
})

const profile = z.strictObject({
  profileName: member(ProfileName),
  serverURI: text.exactOptional(),
  serverPort: whole.exactOptional(),
})

const validation = z.strictObject({
  validationAuthorityType: member(ValidationAuthorityType),
  validationAuthorityCountry: text.exactOptional(),
  validationAuthorityURI: text.exactOptional(),
  validationVersionMajor: whole,
  validationVersionMinor: whole.exactOptional(),
  validationType: member(ValidationType),
  validationLevel: whole,
  validationCertificateIdentifier: text.exactOptional(),
  validationCertificateURI: text.exactOptional(),
  validationVendorURI: text.exactOptional(),
  validationProfile: z.array(text).default([]),
})

const generator = z.strictObject({
  rngAlgorithm: member(RNGAlgorithm),
  cryptographicAlgorithm: member(CryptographicAlgorithm).exactOptional(),
  cryptographicLength: whole.exactOptional(),
  hashingAlgorithm: member(HashingAlgorithm).exactOptional(),
  drbgAlgorithm: member(DRBGAlgorithm).exactOptional(),
  recommendedCurve: member(RecommendedCurve).exactOptional(),
  fips186Variation: member(FIPS186Variation).exactOptional(),
  predictionResistance: yesOrNo,
})

/** The section `query` of the configuration file. */
export const queryStatements: z.ZodType<QueryStatements> = z.preprocess(
  (value) => value ?? {},
  z.strictObject({
    capabilities: capabilities.exactOptional(),
    profiles: z.array(profile).exactOptional(),
    validations: z.array(validation).exactOptional(),
    rngs: z.array(generator).exactOptional(),
    clientRegistrationMethods: z.array(member(ClientRegistrationMethod)).exactOptional(),
  }),
)
