import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** State (KMIP 1.4 section 9.1.3.2.18, KMIP 2.1 section 11.55). */
export const State = defineEnum('State', {
  PreActive: [0x01],
  Active: [0x02],
  Deactivated: [0x03],
  Compromised: [0x04],
  Destroyed: [0x05],
  DestroyedCompromised: [0x06],
})
export type State = ValueOf<typeof State>
