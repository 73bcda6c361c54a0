import { defaultsInformation } from '../message/creation-rules.ts'
import { queryFunctions } from '../message/query-functions.ts'
import { membersOfVersion, profilesOfVersion } from '../message/versioned-enumeration.ts'
import type { Infer } from '../schema/codec.ts'
import { optional, repeated } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { ClientRegistrationMethod } from '../spec/enum/client-registration-method.ts'
import { DestroyAction } from '../spec/enum/destroy-action.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { Operation } from '../spec/enum/operation.ts'
import { QueryFunction } from '../spec/enum/query-function.ts'
import { RNGMode } from '../spec/enum/rng-mode.ts'
import { ShreddingAlgorithm } from '../spec/enum/shredding-algorithm.ts'
import { UnwrapMode } from '../spec/enum/unwrap-mode.ts'
import {
  CapabilityInformationStruct,
  type CapabilityInformation,
} from '../spec/structure/capability-information.ts'
import { ObjectGroupsStruct } from '../spec/structure/constraint.ts'
import { ExtensionInformationStruct } from '../spec/structure/extension-information.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { RNGParametersStruct } from '../spec/structure/rng-parameters.ts'
import { ServerInformationStruct } from '../spec/structure/server-information.ts'
import { ValidationInformationStruct } from '../spec/structure/validation-information.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { BUILT_PROFILES } from './query-statements.ts'
import { offeredStorage } from './resident/placement.ts'
import { checkGroups } from './shared/object-groups.ts'

const QueryRequest = struct({
  functions: queryFunctions,
  objectGroups: optional(Tag.ObjectGroups, ObjectGroupsStruct),
})

const QueryResponse = struct({
  operations: membersOfVersion(Tag.Operation, Operation),
  objectTypes: membersOfVersion(Tag.ObjectType, ObjectType),
  vendorIdentification: optional(Tag.VendorIdentification),
  serverInformation: optional(Tag.ServerInformation, ServerInformationStruct),
  applicationNamespaces: repeated(Tag.ApplicationNamespace),
  extensions: repeated(Tag.ExtensionInformation, ExtensionInformationStruct),
  attestationTypes: repeated(Tag.AttestationType),
  rngs: repeated(Tag.RNGParameters, RNGParametersStruct),
  profiles: profilesOfVersion,
  validations: repeated(Tag.ValidationInformation, ValidationInformationStruct),
  capabilities: repeated(Tag.CapabilityInformation, CapabilityInformationStruct),
  clientRegistrationMethods: repeated(Tag.ClientRegistrationMethod),
  defaults: optional(Tag.DefaultsInformation, defaultsInformation),
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})
type QueryResponse = Infer<typeof QueryResponse>

/** What this server is able to do beside its operations (KMIP 1.4 section 2.1.21). */
const CAPABILITIES: Omit<CapabilityInformation, 'asynchronousCapability'> = {
  streamingCapability: true,
  attestationCapability: false,
  batchUndoCapability: true,
  batchContinueCapability: true,
  unwrapMode: UnwrapMode.NotProcessed,
  destroyAction: DestroyAction.KeyMaterialDeleted,
  shreddingAlgorithm: ShreddingAlgorithm.Unsupported,
  rngMode: RNGMode.SharedInstantiation,
}

/** What runs here is nobody's business; the official cases have nothing in it either. */
const NO_INFORMATION = { alternateFailoverEndpoints: [] }

const NOTHING: QueryResponse = {
  operations: [],
  objectTypes: [],
  applicationNamespaces: [],
  extensions: [],
  attestationTypes: [],
  rngs: [],
  profiles: [],
  validations: [],
  capabilities: [],
  clientRegistrationMethods: [],
}

type Answer = (
  context: OperationContext,
) => Partial<QueryResponse> | Promise<Partial<QueryResponse>>

function capabilitiesOf({ offer, policy }: OperationContext): Partial<QueryResponse> {
  const own = { ...CAPABILITIES, asynchronousCapability: offer.isAsynchronous }
  return { capabilities: [{ ...own, ...policy.query.capabilities }] }
}

/** The answer to each function; a function that is not here is answered with nothing, for there is nothing to tell. */
const ANSWERS: ReadonlyMap<QueryFunction, Answer> = new Map<QueryFunction, Answer>([
  [QueryFunction.QueryOperations, ({ offer }) => ({ operations: offer.operations })],
  [QueryFunction.QueryObjects, ({ offer }) => ({ objectTypes: offer.objectTypes })],
  [
    QueryFunction.QueryServerInformation,
    ({ policy }) => ({
      vendorIdentification: policy.vendorIdentification,
      serverInformation: NO_INFORMATION,
    }),
  ],
  [
    QueryFunction.QueryRNGs,
    ({ policy, random }) => ({ rngs: policy.query.rngs ?? [random.parameters] }),
  ],
  [QueryFunction.QueryCapabilities, capabilitiesOf],
  [
    QueryFunction.QueryProfiles,
    ({ policy }) => ({ profiles: policy.query.profiles ?? BUILT_PROFILES }),
  ],
  [
    QueryFunction.QueryValidations,
    ({ policy }) => ({ validations: policy.query.validations ?? [] }),
  ],
  [
    QueryFunction.QueryApplicationNamespaces,
    ({ policy }) => ({ applicationNamespaces: policy.applicationNamespaces }),
  ],
  [
    QueryFunction.QueryClientRegistrationMethods,
    ({ policy }) => ({
      clientRegistrationMethods: policy.query.clientRegistrationMethods ?? [
        ClientRegistrationMethod.ServerPreGenerated,
      ],
    }),
  ],
  [
    QueryFunction.QueryDefaultsInformation,
    async ({ objects }) => {
      const { defaults } = await objects.rules()
      return defaults.length === 0 ? {} : { defaults }
    },
  ],
  [
    QueryFunction.QueryStorageProtectionMasks,
    (context) => ({
      protectionStorageMasks: { protectionStorageMask: offeredStorage(context) },
    }),
  ],
])

/**
 * KMIP 1.4 section 4.25, KMIP 2.1 section 6.1.40. What is told is the same for every Object Group, but a group must be
 * one that there is.
 */
export const query = defineOperation('Query', {
  request: QueryRequest,
  response: QueryResponse,
  async handle({ functions, objectGroups }, context) {
    if (objectGroups !== undefined) await checkGroups(objectGroups.objectGroup, context)
    let all = NOTHING
    for (const each of functions) all = { ...all, ...(await ANSWERS.get(each)?.(context)) }
    return all
  },
})
