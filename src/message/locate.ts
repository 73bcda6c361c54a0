import type { Codec } from '../schema/codec.ts'
import { byMajor } from '../schema/combine.ts'
import type { LocateRequest } from './locate-request.ts'
import * as v1 from './v1/locate.ts'
import * as v2 from './v2/locate.ts'

export type { AttributeFilter, LocateRequest } from './locate-request.ts'

export const locateRequest: Codec<LocateRequest> = byMajor({
  1: v1.locateRequest,
  2: v2.locateRequest,
})
