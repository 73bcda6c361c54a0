import type { ParameterReader } from './parameter-reader.ts'

/** A `CK_MECHANISM`. */
export interface CryptokiMechanism {
  /** Its number. */
  readonly type: number
  /** The parameter as it is written, where one came. */
  readonly parameter?: Uint8Array
}

/** A mechanism: its number, whether there is a parameter, and that behind its length. Throws `PKCS11_CODEC`. */
export function readMechanism(reader: ParameterReader): CryptokiMechanism {
  const type = reader.ulong()
  return reader.flag() ? { type, parameter: reader.bytes() } : { type }
}
