import type { Row } from './row.ts'
import { OF_NEW_OBJECTS } from './rows-of-new-objects.ts'
import { OF_OBJECTS } from './rows-of-objects.ts'
import { OF_SECOND_OBJECTS } from './rows-of-second-objects.ts'
import { WITHOUT_OBJECTS } from './rows-without-objects.ts'

/** Every way in which an operation is asked for. */
export const ROWS: readonly Row[] = [
  ...OF_OBJECTS,
  ...OF_SECOND_OBJECTS,
  ...OF_NEW_OBJECTS,
  ...WITHOUT_OBJECTS,
]
