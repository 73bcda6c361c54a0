import { z } from 'zod'
import type { ClientProfile, HiddenCandidate } from '../message/client-profile.ts'
import { isAttributeName, type AttributeName } from '../spec/attribute.ts'

/** Needs of clients that have a name of their own. */
export const CLIENT_PRESETS = ['pykmip'] as const

/** What a client is served otherwise than others. */
export interface ClientConfig {
  /** The client, by its name. */
  readonly name: string
  /** What a known client library needs. */
  readonly preset?: (typeof CLIENT_PRESETS)[number]
  /** Attributes that answers with all attributes are to leave out. */
  readonly hide: readonly AttributeName[]
  /** Whether the IV stands in front of the data of Encrypt and Decrypt where no field has it. */
  readonly ivPrefixedData: boolean
}

/** The section `clients` of the configuration file. */
export const clients: z.ZodType<readonly ClientConfig[]> = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(64),
      preset: z.enum(CLIENT_PRESETS).exactOptional(),
      hide: z
        .array(z.string().refine(isAttributeName, 'there is no such attribute'))
        .max(100)
        .default([]),
      ivPrefixedData: z.boolean().default(false),
    }),
  )
  .max(10_000)
  .refine(
    (all) => new Set(all.map(({ name }) => name)).size === all.length,
    'a client is there more than once',
  )
  .default([])

/**
 * The attributes that PyKMIP 0.10 can read in every version; on every other one that it meets it gives up the whole answer.
 * Of Digest it expects in 1.0 a field that only 1.1 has brought.
 */
const READ_BY_PYKMIP: ReadonlySet<AttributeName> = new Set<AttributeName>([
  ...(['UniqueIdentifier', 'Name', 'ObjectType', 'CryptographicAlgorithm'] as const),
  ...(['CryptographicLength', 'CryptographicParameters', 'CertificateLength'] as const),
  ...(['OperationPolicyName', 'CryptographicUsageMask', 'LeaseTime', 'State', 'Fresh'] as const),
  ...(['InitialDate', 'ActivationDate', 'ProcessStartDate', 'ProtectStopDate'] as const),
  ...(['DeactivationDate', 'DestroyDate', 'CompromiseOccurrenceDate', 'CompromiseDate'] as const),
  ...(['ArchiveDate', 'ObjectGroup', 'ApplicationSpecificInformation'] as const),
  ...(['ContactInformation', 'LastChangeDate', 'Sensitive'] as const),
])

/** Custom attributes it takes for texts. */
function isHiddenFromPykmip({ name, isText }: HiddenCandidate): boolean {
  return name === undefined ? isText === false : !READ_BY_PYKMIP.has(name)
}

/** What the server does for each client, by its name. */
export function clientProfiles(
  configured: readonly ClientConfig[],
): ReadonlyMap<string, ClientProfile> {
  return new Map(configured.map((each) => [each.name, profileOf(each)]))
}

function profileOf({ preset, hide, ivPrefixedData }: ClientConfig): ClientProfile {
  if (preset === undefined && hide.length === 0) return { ivPrefixedData }
  return {
    ivPrefixedData,
    hides: (attribute) =>
      (preset === 'pykmip' && isHiddenFromPykmip(attribute)) ||
      (attribute.name !== undefined && hide.includes(attribute.name)),
  }
}
