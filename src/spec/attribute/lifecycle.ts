import { RevocationReasonStruct } from '../structure/revocation-reason.ts'
import { Tag } from '../tag.ts'
import {
  CRYPTOGRAPHIC_AND_OPAQUE_OBJECTS,
  CRYPTOGRAPHIC_OBJECTS,
  CRYPTOGRAPHIC_OBJECTS_AND_TEMPLATES,
  SYMMETRIC_KEYS_AND_TEMPLATES,
} from './object-types.ts'
import { attribute } from './row.ts'
import { CREATED, GENERATED } from './setting-operations.ts'

/** What happens to an object over time. */
export const LIFECYCLE_ATTRIBUTES = {
  // changes only as the lifecycle has it
  State: attribute(Tag.State, {
    title: 'State',
    alwaysPresent: true,
    setBy: ['server'],
    serverModifies: true,
    implicitlySetBy: [...CREATED, 'Activate', 'Revoke', 'Destroy'],
    appliesToV1: CRYPTOGRAPHIC_OBJECTS,
    clause: { v1: '3.22', v2: '4.57' },
  }),
  InitialDate: attribute(Tag.InitialDate, {
    title: 'Initial Date',
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v1: '3.23', v2: '4.25' },
  }),
  ActivationDate: attribute(Tag.ActivationDate, {
    title: 'Activation Date',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    changeableWhile: 'preActive',
    implicitlySetBy: [...CREATED, 'Activate'],
    appliesToV1: CRYPTOGRAPHIC_OBJECTS_AND_TEMPLATES,
    clause: { v1: '3.24', v2: '4.1' },
  }),
  ProcessStartDate: attribute(Tag.ProcessStartDate, {
    title: 'Process Start Date',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    changeableWhile: 'notReached',
    implicitlySetBy: ['Create', 'Register', 'DeriveKey', 'ReKey'],
    appliesToV1: SYMMETRIC_KEYS_AND_TEMPLATES,
    clause: { v1: '3.25', v2: '4.40' },
  }),
  ProtectStopDate: attribute(Tag.ProtectStopDate, {
    title: 'Protect Stop Date',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    changeableWhile: 'notReached',
    implicitlySetBy: ['Create', 'Register', 'DeriveKey', 'ReKey'],
    appliesToV1: SYMMETRIC_KEYS_AND_TEMPLATES,
    clause: { v1: '3.26', v2: '4.41' },
  }),
  DeactivationDate: attribute(Tag.DeactivationDate, {
    title: 'Deactivation Date',
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    changeableWhile: 'preActiveOrActive',
    implicitlySetBy: [...CREATED, 'Revoke'],
    appliesToV1: CRYPTOGRAPHIC_OBJECTS_AND_TEMPLATES,
    clause: { v1: '3.27', v2: '4.18' },
  }),
  DestroyDate: attribute(Tag.DestroyDate, {
    title: 'Destroy Date',
    setBy: ['server'],
    implicitlySetBy: ['Destroy'],
    clause: { v1: '3.28', v2: '4.20' },
  }),
  CompromiseOccurrenceDate: attribute(Tag.CompromiseOccurrenceDate, {
    title: 'Compromise Occurrence Date',
    setBy: ['server'],
    implicitlySetBy: ['Revoke'],
    clause: { v1: '3.29', v2: '4.11' },
  }),
  CompromiseDate: attribute(Tag.CompromiseDate, {
    title: 'Compromise Date',
    setBy: ['server'],
    implicitlySetBy: ['Revoke'],
    clause: { v1: '3.30', v2: '4.10' },
  }),
  RevocationReason: attribute(Tag.RevocationReason, RevocationReasonStruct, {
    title: 'Revocation Reason',
    setBy: ['server'],
    serverModifies: true,
    implicitlySetBy: ['Revoke'],
    appliesToV1: CRYPTOGRAPHIC_AND_OPAQUE_OBJECTS,
    clause: { v1: '3.31', v2: '4.47' },
  }),
  ArchiveDate: attribute(Tag.ArchiveDate, {
    title: 'Archive Date',
    setBy: ['server'],
    implicitlySetBy: ['Archive'],
    clause: { v1: '3.32', v2: '4.5' },
  }),
  LastChangeDate: attribute(Tag.LastChangeDate, {
    title: 'Last Change Date',
    alwaysPresent: true,
    setBy: ['server'],
    serverModifies: true,
    implicitlySetBy: [
      ...CREATED,
      'Activate',
      'Revoke',
      'Destroy',
      'Archive',
      'Recover',
      'AddAttribute',
      'ModifyAttribute',
      'DeleteAttribute',
      'GetUsageAllocation',
    ],
    clause: { v1: '3.38', v2: '4.29' },
  }),
  // the server for what it makes, a client for what it brings
  OriginalCreationDate: attribute(Tag.OriginalCreationDate, {
    title: 'Original Creation Date',
    since: '1.2',
    setBy: ['server', 'client'],
    implicitlySetBy: GENERATED,
    clause: { v1: '3.43', v2: '4.38' },
  }),
}
