import type { OperationName } from '../spec/operation.ts'
import { activate } from './activate.ts'
import { addAttribute } from './add-attribute.ts'
import { adjustAttribute } from './adjust-attribute.ts'
import { check } from './check.ts'
import { create } from './create.ts'
import type { AnyOperation } from './definition.ts'
import { deleteAttribute } from './delete-attribute.ts'
import { destroy } from './destroy.ts'
import { discoverVersions } from './discover-versions.ts'
import { getAttributeList } from './get-attribute-list.ts'
import { getAttributes } from './get-attributes.ts'
import { get } from './get.ts'
import { locate } from './locate.ts'
import { modifyAttribute } from './modify-attribute.ts'
import { query } from './query.ts'
import { register } from './register.ts'
import { revoke } from './revoke.ts'
import { rngRetrieve } from './rng-retrieve.ts'
import { rngSeed } from './rng-seed.ts'
import { setAttribute } from './set-attribute.ts'

/** Every operation the server has: dispatch, Query, permissions and documentation are all read from here. */
export const OPERATIONS = {
  Create: create,
  Register: register,
  Locate: locate,
  Check: check,
  Get: get,
  GetAttributes: getAttributes,
  GetAttributeList: getAttributeList,
  AddAttribute: addAttribute,
  ModifyAttribute: modifyAttribute,
  DeleteAttribute: deleteAttribute,
  SetAttribute: setAttribute,
  AdjustAttribute: adjustAttribute,
  Activate: activate,
  Revoke: revoke,
  Destroy: destroy,
  Query: query,
  DiscoverVersions: discoverVersions,
  RNGRetrieve: rngRetrieve,
  RNGSeed: rngSeed,
} as const satisfies Partial<Record<OperationName, AnyOperation>>
