import { encode } from '../../src/ttlv/encode.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { membersOf } from '../../src/schema/enumeration.ts'
import { PKCS_11ReturnCode } from '../../src/spec/enum/pkcs-11-return-code.ts'
import { childOf, numberOf } from './answer.ts'
import type { Client } from './client.ts'
import { bytes, enumeration, integer, structure } from './request.ts'

/** Functions of PKCS#11 by their numbers (KMIP 2.1 section 11.36). */
const FUNCTION = {
  C_Initialize: 0x01,
  C_OpenSession: 0x0d,
  C_CreateObject: 0x15,
  C_SignInit: 0x2b,
  C_Sign: 0x2c,
} as const

/** What a function came back with: the name of the return code, and bytes. */
export interface Called {
  readonly code: string | undefined
  readonly output: Buffer
}

/** A PKCS#11 application over one connection. */
export class Pkcs11Application {
  readonly #client: Client
  #correlation: Uint8Array | undefined

  constructor(client: Client) {
    this.#client = client
  }

  /** Parameters are in hex, as KMIP Profiles 2.1 section 5.18.1 has them. */
  async call(name: keyof typeof FUNCTION, parameters: string): Promise<Called> {
    const correlation = this.#correlation === undefined ? [] : [bytes(0x4200d6, this.#correlation)]
    const payload = structure(
      0x420079,
      enumeration(0x42015a, FUNCTION[name]),
      ...correlation,
      bytes(0x42015b, Buffer.from(parameters, 'hex')),
    )
    const version = structure(0x420069, integer(0x42006a, 2), integer(0x42006b, 1))
    const header = structure(0x420077, version, integer(0x42000d, 1))
    const item = structure(0x42000f, enumeration(0x42005c, 0x33), payload)
    const answer = await this.#client.ask(encode(structure(0x420078, header, item)))
    const came = answer.items[0]?.payload
    const given = childOf(came, 0x4200d6)
    if (given?.type === ItemType.ByteString) this.#correlation = given.value
    const output = childOf(came, 0x42015c)
    const code = numberOf(childOf(came, 0x42015d))
    return {
      code: code === undefined ? undefined : membersOf(PKCS_11ReturnCode).nameOf(code),
      output: output?.type === ItemType.ByteString ? Buffer.from(output.value) : Buffer.alloc(0),
    }
  }
}
