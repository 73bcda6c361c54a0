import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { VERSIONS, type Version } from '../schema/version.ts'
import type { Infer } from '../schema/codec.ts'
import { Tag } from '../spec/tag.ts'

/** KMIP 1.4 section 6.1, KMIP 2.1 section 9.16. */
export const ProtocolVersionStruct = struct({
  major: required(Tag.ProtocolVersionMajor),
  minor: required(Tag.ProtocolVersionMinor),
})
export interface ProtocolVersion extends Infer<typeof ProtocolVersionStruct> {}

const ANNOUNCED: ReadonlyMap<Version, ProtocolVersion> = new Map(
  VERSIONS.map((version) => {
    const [major = '', minor = ''] = version.split('.')
    return [version, { major: Number(major), minor: Number(minor) }]
  }),
)

/** The structure that announces a version. */
export function protocolVersionOf(version: Version): ProtocolVersion {
  return ANNOUNCED.get(version) ?? { major: 1, minor: 0 }
}

/** Every version the server speaks, newest first. */
export const SUPPORTED_VERSIONS: readonly Version[] = [...VERSIONS].reverse()

/** Which version is meant; undefined when the server does not speak it. */
export function versionOf({ major, minor }: ProtocolVersion): Version | undefined {
  for (const [version, announced] of ANNOUNCED) {
    if (announced.major === major && announced.minor === minor) return version
  }
  return undefined
}

/**
 * The version to answer in. A minor version that is newer than any we know is served as the newest of its major
 * version, as servers must (KMIP 1.4 section 6.1); undefined for another major version.
 */
export function servedVersion(asked: ProtocolVersion): Version | undefined {
  const exact = versionOf(asked)
  if (exact !== undefined || asked.minor < 0) return exact
  return SUPPORTED_VERSIONS.find((version) => protocolVersionOf(version).major === asked.major)
}

/** The version to refuse a message in: its own where the server speaks that, otherwise the nearest that it does. */
export function nearestVersion(asked: ProtocolVersion): Version {
  const [newest] = SUPPORTED_VERSIONS
  const oldest = SUPPORTED_VERSIONS.at(-1)
  const nearest = asked.major < 1 ? oldest : newest
  return servedVersion(asked) ?? nearest ?? '1.0'
}
