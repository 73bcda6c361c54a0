import { RotateNameStruct } from '../structure/rotate-name.ts'
import { Tag } from '../tag.ts'
import { attribute } from './row.ts'
import { CREATED, REPLACED } from './setting-operations.ts'

/** When and how the server replaces a key by itself. */
export const ROTATION_ATTRIBUTES = {
  RotateName: attribute(Tag.RotateName, RotateNameStruct, {
    title: 'Rotate Name',
    since: '2.1',
    setBy: ['client'],
    clientModifies: true,
    clientDeletes: true,
    clause: { v2: '4.53' },
  }),
  RotateAutomatic: attribute(Tag.RotateAutomatic, {
    title: 'Rotate Automatic',
    since: '2.1',
    setBy: ['server', 'client'],
    serverModifies: true,
    clause: { v2: '4.48' },
  }),
  RotateInterval: attribute(Tag.RotateInterval, {
    title: 'Rotate Interval',
    since: '2.1',
    setBy: ['server', 'client'],
    serverModifies: true,
    implicitlySetBy: CREATED,
    clause: { v2: '4.51' },
  }),
  RotateOffset: attribute(Tag.RotateOffset, {
    title: 'Rotate Offset',
    since: '2.1',
    setBy: ['server', 'client'],
    serverModifies: true,
    implicitlySetBy: CREATED,
    clause: { v2: '4.54' },
  }),
  RotateDate: attribute(Tag.RotateDate, {
    title: 'Rotate Date',
    since: '2.1',
    setBy: ['server'],
    implicitlySetBy: REPLACED,
    clause: { v2: '4.49' },
  }),
  RotateGeneration: attribute(Tag.RotateGeneration, {
    title: 'Rotate Generation',
    since: '2.1',
    setBy: ['server'],
    implicitlySetBy: REPLACED,
    clause: { v2: '4.50' },
  }),
  RotateLatest: attribute(Tag.RotateLatest, {
    title: 'Rotate Latest',
    since: '2.1',
    setBy: ['server'],
    serverModifies: true,
    implicitlySetBy: REPLACED,
    clause: { v2: '4.52' },
  }),
}
