import { AlternativeNameStruct } from '../structure/alternative-name.ts'
import { ApplicationSpecificInformationStruct } from '../structure/application-specific-information.ts'
import { LinkStruct } from '../structure/link.ts'
import { NameStruct } from '../structure/name.ts'
import { Tag } from '../tag.ts'
import { CRYPTOGRAPHIC_OBJECTS } from './object-types.ts'
import { attribute } from './row.ts'
import { CREATED, REPLACED } from './setting-operations.ts'

/** What an object is and what it is called. */
export const IDENTITY_ATTRIBUTES = {
  UniqueIdentifier: attribute(Tag.UniqueIdentifier, {
    title: 'Unique Identifier',
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v1: '3.1', v2: '4.58' },
  }),
  ShortUniqueIdentifier: attribute(Tag.ShortUniqueIdentifier, {
    title: 'Short Unique Identifier',
    since: '2.0',
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v2: '4.56' },
  }),
  Name: attribute(Tag.Name, NameStruct, {
    title: 'Name',
    multiple: true,
    setBy: ['client'],
    serverModifies: true,
    clientModifies: true,
    clientDeletes: true,
    implicitlySetBy: REPLACED,
    clause: { v1: '3.2', v2: '4.32' },
  }),
  // the server only where there is none
  AlternativeName: attribute(Tag.AlternativeName, AlternativeNameStruct, {
    title: 'Alternative Name',
    since: '1.2',
    multiple: true,
    setBy: ['client'],
    serverModifies: true,
    clientModifies: true,
    clientDeletes: true,
    clause: { v1: '3.40', v2: '4.2' },
  }),
  ObjectType: attribute(Tag.ObjectType, {
    title: 'Object Type',
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v1: '3.3', v2: '4.36' },
  }),
  ObjectGroup: attribute(Tag.ObjectGroup, {
    title: 'Object Group',
    multiple: true,
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    clientDeletes: true,
    implicitlySetBy: CREATED,
    clause: { v1: '3.33', v2: '4.35' },
  }),
  Fresh: attribute(Tag.Fresh, {
    title: 'Fresh',
    since: '1.1',
    alwaysPresent: true,
    setBy: ['server', 'client'],
    serverModifies: true,
    implicitlySetBy: CREATED,
    appliesToV1: CRYPTOGRAPHIC_OBJECTS,
    clause: { v1: '3.34', v2: '4.24' },
  }),
  Link: attribute(Tag.Link, LinkStruct, {
    title: 'Link',
    multiple: true,
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    clientDeletes: true,
    implicitlySetBy: [
      'CreateKeyPair',
      'DeriveKey',
      'Certify',
      'ReCertify',
      'ReKey',
      'ReKeyKeyPair',
      'Register',
    ],
    appliesToV1: CRYPTOGRAPHIC_OBJECTS,
    clause: { v1: '3.35', v2: '4.31' },
  }),
  // the server only makes up Application Data that a request left out
  ApplicationSpecificInformation: attribute(
    Tag.ApplicationSpecificInformation,
    ApplicationSpecificInformationStruct,
    {
      title: 'Application Specific Information',
      multiple: true,
      setBy: ['server', 'client'],
      serverModifies: true,
      clientModifies: true,
      clientDeletes: true,
      implicitlySetBy: REPLACED,
      clause: { v1: '3.36', v2: '4.4' },
    },
  ),
  ContactInformation: attribute(Tag.ContactInformation, {
    title: 'Contact Information',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    clientDeletes: true,
    implicitlySetBy: CREATED,
    clause: { v1: '3.37', v2: '4.12' },
  }),
  Description: attribute(Tag.Description, {
    title: 'Description',
    since: '1.4',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    clientDeletes: true,
    clause: { v1: '3.46', v2: '4.19' },
  }),
  Comment: attribute(Tag.Comment, {
    title: 'Comment',
    since: '1.4',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    clientDeletes: true,
    clause: { v1: '3.47', v2: '4.9' },
  }),
  PKCS_12FriendlyName: attribute(Tag.PKCS_12FriendlyName, {
    title: 'PKCS#12 Friendly Name',
    since: '1.4',
    setBy: ['server', 'client'],
    clientModifies: true,
    clientDeletes: true,
    appliesToV1: CRYPTOGRAPHIC_OBJECTS,
    clause: { v1: '3.45', v2: '4.39' },
  }),
  OperationPolicyName: attribute(Tag.OperationPolicyName, {
    title: 'Operation Policy Name',
    until: '1.4',
    setBy: ['server', 'client'],
    serverModifies: true,
    implicitlySetBy: CREATED,
    clause: { v1: '3.18' },
  }),
}
