import type { Field } from '../wire/field.ts'

/** The version that an answer states, such as `1.2`. */
export function versionOf(message: Field): string {
  const version = message.at('ResponseHeader', 'ProtocolVersion')
  const major = version.at('ProtocolVersionMajor').number()
  return `${major}.${version.at('ProtocolVersionMinor').number()}`
}
