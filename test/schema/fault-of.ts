import { KmipFault } from '../../src/fault/fault.ts'

/** The fault that `action` ends in; anything else that it does fails the test. */
export function faultOf(action: () => unknown): KmipFault {
  try {
    action()
  } catch (error) {
    if (error instanceof KmipFault) return error
    throw error
  }
  throw new Error('nothing was refused')
}
