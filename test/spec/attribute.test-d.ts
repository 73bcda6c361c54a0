import { expectTypeOf, test } from 'vitest'
import type { DateTime } from '../../src/schema/primitive.ts'
import type { AttributeName, AttributeValue } from '../../src/spec/attribute.ts'
import type { State } from '../../src/spec/enum/state.ts'
import type { Link } from '../../src/spec/structure/link.ts'
import type { Name } from '../../src/spec/structure/name.ts'

test('the value of an attribute has the type of its codec', () => {
  expectTypeOf<AttributeValue<'CryptographicLength'>>().toEqualTypeOf<number>()
  expectTypeOf<AttributeValue<'ActivationDate'>>().toEqualTypeOf<DateTime>()
  expectTypeOf<AttributeValue<'State'>>().toEqualTypeOf<State>()
  expectTypeOf<AttributeValue<'Sensitive'>>().toEqualTypeOf<boolean>()
  expectTypeOf<Name>().toExtend<AttributeValue<'Name'>>()
  expectTypeOf<Link>().toExtend<AttributeValue<'Link'>>()
  expectTypeOf<AttributeValue<'ObjectGroup'>>().toEqualTypeOf<string>()
})

test('an attribute is named by its normalised name alone', () => {
  expectTypeOf<'X_509CertificateSubject'>().toExtend<AttributeName>()
  expectTypeOf<'Custom Attribute'>().not.toExtend<AttributeName>()
})
