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
  /**
   * What has this identifier in words, one text for each tenant that has something: who approves it should see it, and
   * another object in its place has another text. Empty when nothing has.
   */
  describe(id: string): Promise<readonly string[]>
  /**
   * Marks a key as one that guarded keys may leave under, or takes the mark away. False when there is no such object.
   * Throws `WRONG_OBJECT_TYPE`, `OBJECT_DESTROYED`, `NOT_PERMITTED` for a key that cannot be trusted, and `CONFLICT`.
   */
  trust(id: string, trusts: boolean): Promise<boolean>
}
