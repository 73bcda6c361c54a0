import { CryptographicDomainParametersStruct } from '../structure/cryptographic-domain-parameters.ts'
import { CryptographicParametersStruct } from '../structure/cryptographic-parameters.ts'
import { DigestStruct } from '../structure/digest.ts'
import { KeyValueLocationStruct } from '../structure/key-value-location.ts'
import { RNGParametersStruct } from '../structure/rng-parameters.ts'
import { UsageLimitsStruct } from '../structure/usage-limits.ts'
import { Tag } from '../tag.ts'
import {
  ASYMMETRIC_KEYS,
  CRYPTOGRAPHIC_OBJECTS,
  CRYPTOGRAPHIC_OBJECTS_AND_TEMPLATES,
  KEYS_AND_TEMPLATES,
  KEYS_CERTIFICATES_AND_TEMPLATES,
  KEYS_KEPT_ELSEWHERE,
  OPAQUE_OBJECTS,
} from './object-types.ts'
import { attribute } from './row.ts'
import { CREATED, GENERATED, REPLACED } from './setting-operations.ts'

/** What an object is good for and how it is used. */
export const CRYPTOGRAPHY_ATTRIBUTES = {
  CryptographicAlgorithm: attribute(Tag.CryptographicAlgorithm, {
    title: 'Cryptographic Algorithm',
    alwaysPresent: true,
    absentFrom: ['SecretData', 'OpaqueObject'],
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v1: '3.4', v2: '4.13' },
  }),
  CryptographicLength: attribute(Tag.CryptographicLength, {
    title: 'Cryptographic Length',
    alwaysPresent: true,
    absentFrom: ['OpaqueObject'],
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v1: '3.5', v2: '4.15' },
  }),
  CryptographicParameters: attribute(Tag.CryptographicParameters, CryptographicParametersStruct, {
    title: 'Cryptographic Parameters',
    multiple: true,
    setBy: ['client'],
    clientModifies: true,
    clientDeletes: true,
    implicitlySetBy: REPLACED,
    appliesToV1: KEYS_CERTIFICATES_AND_TEMPLATES,
    clause: { v1: '3.6', v2: '4.16' },
  }),
  CryptographicDomainParameters: attribute(
    Tag.CryptographicDomainParameters,
    CryptographicDomainParametersStruct,
    {
      title: 'Cryptographic Domain Parameters',
      setBy: ['client'],
      implicitlySetBy: ['ReKey', 'ReKeyKeyPair'],
      appliesTo: ASYMMETRIC_KEYS,
      clause: { v1: '3.7', v2: '4.14' },
    },
  ),
  CryptographicUsageMask: attribute(Tag.CryptographicUsageMask, {
    title: 'Cryptographic Usage Mask',
    alwaysPresent: true,
    absentFrom: ['OpaqueObject'],
    setBy: ['server', 'client'],
    serverModifies: true,
    implicitlySetBy: CREATED,
    appliesToV1: CRYPTOGRAPHIC_OBJECTS_AND_TEMPLATES,
    clause: { v1: '3.19', v2: '4.17' },
  }),
  // the text leaves open when it is set; the official cases show it on every new object
  KeyFormatType: attribute(Tag.KeyFormatType, {
    title: 'Key Format Type',
    since: '2.0',
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v2: '4.26' },
  }),
  NISTKeyType: attribute(Tag.NISTKeyType, {
    title: 'NIST Key Type',
    since: '2.0',
    multiple: true,
    setBy: ['client'],
    clause: { v2: '4.34' },
  }),
  OpaqueDataType: attribute(Tag.OpaqueDataType, {
    title: 'Opaque Data Type',
    since: '2.0',
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: ['Register'],
    appliesTo: OPAQUE_OBJECTS,
    clause: { v2: '4.37' },
  }),
  // present wherever the server can see what it is the digest of
  Digest: attribute(Tag.Digest, DigestStruct, {
    title: 'Digest',
    multiple: true,
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v1: '3.17', v2: '4.21' },
  }),
  // the server for what it makes, a client for what it brings
  RandomNumberGenerator: attribute(Tag.RandomNumberGenerator, RNGParametersStruct, {
    title: 'Random Number Generator',
    since: '1.3',
    setBy: ['server', 'client'],
    implicitlySetBy: GENERATED,
    appliesToV1: CRYPTOGRAPHIC_OBJECTS,
    clause: { v1: '3.44', v2: '4.46' },
  }),
  KeyValuePresent: attribute(Tag.KeyValuePresent, {
    title: 'Key Value Present',
    since: '1.2',
    setBy: ['server'],
    implicitlySetBy: ['Register'],
    clause: { v1: '3.41', v2: '4.28' },
  }),
  KeyValueLocation: attribute(Tag.KeyValueLocation, KeyValueLocationStruct, {
    title: 'Key Value Location',
    since: '1.2',
    multiple: true,
    setBy: ['client'],
    clientModifies: true,
    clientDeletes: true,
    appliesToV1: KEYS_KEPT_ELSEWHERE,
    clause: { v1: '3.42', v2: '4.27' },
  }),
  QuantumSafe: attribute(Tag.QuantumSafe, {
    title: 'Quantum Safe',
    since: '2.0',
    setBy: ['client'],
    clientModifies: true,
    clientDeletes: true,
    clause: { v2: '4.45' },
  }),
  // clients set and change the total and the unit; deletable under the same condition
  UsageLimits: attribute(Tag.UsageLimits, UsageLimitsStruct, {
    title: 'Usage Limits',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    changeableWhile: 'unallocated',
    clientDeletes: true,
    implicitlySetBy: [
      'Create',
      'CreateKeyPair',
      'Register',
      'DeriveKey',
      'ReKey',
      'ReKeyKeyPair',
      'GetUsageAllocation',
    ],
    appliesToV1: KEYS_AND_TEMPLATES,
    clause: { v1: '3.21', v2: '4.59' },
  }),
  LeaseTime: attribute(Tag.LeaseTime, {
    title: 'Lease Time',
    setBy: ['server'],
    serverModifies: true,
    implicitlySetBy: CREATED,
    clause: { v1: '3.20', v2: '4.30' },
  }),
}
