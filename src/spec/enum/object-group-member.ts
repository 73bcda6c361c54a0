import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Object Group Member (KMIP 1.4 section 9.1.3.2.33, KMIP 2.1 section 11.33). */
export const ObjectGroupMember = defineEnum('ObjectGroupMember', {
  GroupMemberFresh: [0x01, '1.1'],
  GroupMemberDefault: [0x02, '1.1'],
})
export type ObjectGroupMember = ValueOf<typeof ObjectGroupMember>
