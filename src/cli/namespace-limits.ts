import { numberOption } from './option.ts'

const MOST = { least: 0, most: 999_999_999_999_999 }

/** How much there may be in a namespace; what is not given is without limit. */
export const namespaceLimitOptions = {
  objects: numberOption('objects', 'most objects that are not destroyed', MOST),
  bytes: numberOption('bytes', 'most bytes of their records', MOST),
} as const
