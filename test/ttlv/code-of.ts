import { KmipFault } from '../../src/fault/fault.ts'

/** Runs `act` and returns the fault that it throws; anything else thrown passes on. */
export function faultOf(act: () => unknown): KmipFault | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof KmipFault) return error
    throw error
  }
}

/** The code of the fault that `act` throws, or undefined when it throws none. */
export function codeOf(act: () => unknown): string | undefined {
  return faultOf(act)?.code
}
