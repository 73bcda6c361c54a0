import {
  protocolVersionOf,
  ProtocolVersionStruct,
  SUPPORTED_VERSIONS,
  type ProtocolVersion,
} from '../message/protocol-version.ts'
import { repeated } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

const Versions = struct({ versions: repeated(Tag.ProtocolVersion, ProtocolVersionStruct) })

/** Newest first, whatever order the client lists its own in: clients are known that take the first. */
const supported: readonly ProtocolVersion[] = SUPPORTED_VERSIONS.map(protocolVersionOf)

/** KMIP 1.4 section 4.26, KMIP 2.1 section 6.1.16: what both sides speak, or all the server does. */
export const discoverVersions = defineOperation('DiscoverVersions', {
  request: Versions,
  response: Versions,
  async handle({ versions }) {
    const common = supported.filter(({ major, minor }) =>
      versions.some((version) => version.major === major && version.minor === minor),
    )
    return Promise.resolve({ versions: versions.length === 0 ? supported : common })
  },
})
