import type { AdminResponse, CheckedRequest, ObjectDetails } from './schema.ts'

/** One page to list. */
export type PageRequest = CheckedRequest<'object.list'>
/** One page of objects, and where the next begins. */
export type ObjectPage = AdminResponse<'object.list'>

/** The managed objects of every client, for those who run the server: what they are, never what they hold. */
export interface ObjectCatalogue {
  /** Throws `INVALID_FIELD` for an `after` that no page ended with. */
  list(page: PageRequest): Promise<ObjectPage>
  /** Undefined when there is no such object. */
  show(id: string): Promise<ObjectDetails | undefined>
}
