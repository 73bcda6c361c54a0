import { Tag } from '../tag.ts'
import { attribute } from './row.ts'
import { CREATED, CREATED_OR_CHANGED } from './setting-operations.ts'

/** How an object is kept from being seen. */
export const PROTECTION_ATTRIBUTES = {
  Sensitive: attribute(Tag.Sensitive, {
    title: 'Sensitive',
    since: '1.4',
    alwaysPresent: true,
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    implicitlySetBy: CREATED,
    clause: { v1: '3.48', v2: '4.55' },
  }),
  AlwaysSensitive: attribute(Tag.AlwaysSensitive, {
    title: 'Always Sensitive',
    since: '1.4',
    alwaysPresent: true,
    setBy: ['server'],
    serverModifies: true,
    implicitlySetBy: CREATED_OR_CHANGED,
    clause: { v1: '3.49', v2: '4.3' },
  }),
  Extractable: attribute(Tag.Extractable, {
    title: 'Extractable',
    since: '1.4',
    alwaysPresent: true,
    setBy: ['server', 'client'],
    serverModifies: true,
    clientModifies: true,
    implicitlySetBy: CREATED,
    clause: { v1: '3.50', v2: '4.23' },
  }),
  NeverExtractable: attribute(Tag.NeverExtractable, {
    title: 'Never Extractable',
    since: '1.4',
    alwaysPresent: true,
    setBy: ['server'],
    serverModifies: true,
    implicitlySetBy: CREATED_OR_CHANGED,
    clause: { v1: '3.51', v2: '4.33' },
  }),
  ProtectionLevel: attribute(Tag.ProtectionLevel, {
    title: 'Protection Level',
    since: '2.0',
    setBy: ['client'],
    clientModifies: true,
    clientDeletes: true,
    clause: { v2: '4.42' },
  }),
  ProtectionPeriod: attribute(Tag.ProtectionPeriod, {
    title: 'Protection Period',
    since: '2.0',
    setBy: ['client'],
    clientModifies: true,
    clientDeletes: true,
    clause: { v2: '4.43' },
  }),
  ProtectionStorageMask: attribute(Tag.ProtectionStorageMask, {
    title: 'Protection Storage Mask',
    since: '2.0',
    alwaysPresent: true,
    setBy: ['server'],
    implicitlySetBy: CREATED,
    clause: { v2: '4.44' },
  }),
}
