import { endianness } from 'node:os'
import type {
  TokenAttribute,
  TokenMechanism,
  TokenParameter,
  TokenValue,
} from '../../port/token.ts'
import { CRYPTOKI_ATTRIBUTE_OF } from '../../spec/pkcs11/attribute.ts'

const IS_LITTLE = endianness() === 'LE'

/** A `CK_ULONG` as this machine has it. */
export function numberOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length === 4) return view.getUint32(0, IS_LITTLE)
  return bytes.length === 8 ? Number(view.getBigUint64(0, IS_LITTLE)) : Number.NaN
}

/** An attribute in the binding's form. */
export function bindingTemplate(template: readonly TokenAttribute[]): readonly object[] {
  return template.map(({ type, value }) => ({ type, value }))
}

/** The value of an attribute of the token. */
export function valueOf(type: number, bytes: Uint8Array): TokenValue {
  switch (CRYPTOKI_ATTRIBUTE_OF.get(type)?.kind) {
    case 'boolean':
      return bytes[0] === 1
    case 'ulong':
      return numberOf(bytes)
    case 'date':
    case 'bytes':
    case 'ulongs':
    case undefined:
      return Uint8Array.from(bytes)
  }
}

/** A mechanism in the binding's form. */
export function bindingMechanism({ type, parameter }: TokenMechanism): object {
  return parameter === undefined
    ? { mechanism: type }
    : { mechanism: type, parameter: bindingParameter(parameter) }
}

/** `CKZ_DATA_SPECIFIED` */
const DATA_SPECIFIED = 1

function bindingParameter(parameter: TokenParameter): object {
  switch (parameter.kind) {
    case 'bytes':
      return parameter.bytes
    case 'counter':
      return counterBlock(parameter)
    case 'gcm': {
      const { iv, associated: aad, tagBits } = parameter
      return { type: 'CK_PARAMS_AES_GCM_v240', iv, ivBits: iv.length * 8, aad, tagBits }
    }
    case 'oaep': {
      const { hash: hashAlg, mask: mgf, label } = parameter
      const source = {
        source: DATA_SPECIFIED,
        ...(label.length === 0 ? {} : { sourceData: label }),
      }
      return { type: 'CK_PARAMS_RSA_OAEP', hashAlg, mgf, ...source }
    }
    case 'pss': {
      const { hash: hashAlg, mask: mgf, saltLength: saltLen } = parameter
      return { type: 'CK_PARAMS_RSA_PSS', hashAlg, mgf, saltLen }
    }
  }
}

/** `CK_AES_CTR_PARAMS`, for which the binding has no form: a number and sixteen bytes. */
function counterBlock({ bits, block }: Extract<TokenParameter, { kind: 'counter' }>): Uint8Array {
  const bytes = new Uint8Array(8 + block.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bits), IS_LITTLE)
  bytes.set(block, 8)
  return bytes
}
