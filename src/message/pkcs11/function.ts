import { KmipFault } from '../../fault/fault.ts'
import { compile, type Codec } from '../../schema/codec.ts'
import { custom } from '../../schema/combine.ts'
import { membersOf } from '../../schema/enumeration.ts'
import { enumeration, wrongType } from '../../schema/primitive.ts'
import { PKCS_11Function } from '../../spec/enum/pkcs-11-function.ts'
import { ItemType } from '../../ttlv/item.ts'

/**
 * A function of PKCS#11, or an Integer that a vendor has for one of its own (KMIP 2.1 section 6.1.37): of those there
 * are none here. Throws `PKCS11_FUNCTION` for a function that the interface has not.
 */
export const pkcs11Function: Codec<PKCS_11Function> = custom(undefined, (version) => {
  const bound = compile(enumeration(PKCS_11Function), version)
  return {
    decode(item) {
      if (item.type === ItemType.Integer) throw unknownFunction()
      if (item.type !== ItemType.Enumeration) throw wrongType()
      if (membersOf(PKCS_11Function).memberOf(item.value) === undefined) throw unknownFunction()
      return bound.decode(item)
    },
    encode: (tag, value) => bound.encode(tag, value),
  }
})

function unknownFunction(): KmipFault {
  return new KmipFault('PKCS11_FUNCTION', 'The PKCS#11 interface has no such function')
}
