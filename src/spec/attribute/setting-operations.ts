import type { OperationName } from '../operation.ts'

/** Operations that bring a new object into being. */
export const CREATED: readonly OperationName[] = [
  'Create',
  'CreateKeyPair',
  'Register',
  'DeriveKey',
  'Certify',
  'ReCertify',
  'ReKey',
  'ReKeyKeyPair',
]

/** {@link CREATED}, and those that change an attribute from which another follows. */
export const CREATED_OR_CHANGED: readonly OperationName[] = [
  ...CREATED,
  'AddAttribute',
  'ModifyAttribute',
  'SetAttribute',
]

/** Operations whose new object takes the place of another. */
export const REPLACED: readonly OperationName[] = ['ReKey', 'ReKeyKeyPair', 'ReCertify']

/** Operations from which a certificate comes. */
export const CERTIFIED: readonly OperationName[] = ['Register', 'Certify', 'ReCertify']

/** Operations for which the server makes key material. */
export const GENERATED: readonly OperationName[] = [
  'Create',
  'CreateKeyPair',
  'DeriveKey',
  'ReKey',
  'ReKeyKeyPair',
]
