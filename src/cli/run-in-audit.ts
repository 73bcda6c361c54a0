import { KmipFault } from '../fault/fault.ts'
import type { Audit } from './audit.ts'
import { headDetail, type ToldStore } from './store-in-audit.ts'

/** Tells that a server begins, in which state of its store. Throws `UNAVAILABLE`. */
export async function tellStart(audit: Audit, store: ToldStore, version: string): Promise<void> {
  await audit.tell({ operation: 'Start', detail: { version, ...headDetail(store) } })
}

/** Tells that a server ends, where that can be told. */
export function tellStop({ trail }: Audit): void {
  try {
    trail.tell({ operation: 'Stop' })
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
  }
}
