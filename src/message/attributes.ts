import { KmipFault } from '../fault/fault.ts'
import type { AttributeReference } from '../model/attribute-reference.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import {
  optional,
  repeated,
  required,
  type BoundField,
  type Field,
  type Presence,
} from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import type { TagRow } from '../schema/tag.ts'
import { majorOf, type Major } from '../schema/version.ts'
import { NameStruct, type Name } from '../spec/structure/name.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'
import * as v1 from './v1/attribute.ts'
import * as v2 from './v2/attribute.ts'

/** What a request wants of a new object: attributes, and in KMIP 1.x templates that hold more of them. */
export interface RequestedAttributes {
  /** Names of Template objects, the last with the most to say (KMIP 1.4 section 4). */
  readonly templates: readonly Name[]
  readonly entries: readonly AttributeEntry[]
}

const TemplateAttributeStruct = struct({
  templates: repeated(Tag.Name, NameStruct),
  entries: repeated(Tag.Attribute, v1.attribute),
})

const attributesOnly: Codec<RequestedAttributes> = custom(ItemType.Structure, (version) => {
  const bound = compile(v2.attributes, version)
  return {
    decode: (item) => ({ templates: [], entries: bound.decode(item) }),
    encode: (tag, { entries }) => bound.encode(tag, entries),
  }
})

/** A field that has another form in each major version; an absent form is a field that the version has not. */
export function fieldByMajor<T, P extends Presence>(
  presence: P,
  fields: Readonly<Partial<Record<Major, Field<T>>>>,
): Field<T, P> {
  return {
    presence,
    bind: (version) => fields[majorOf(version)]?.bind(version),
  }
}

/** Template-Attribute of KMIP 1.x, Attributes of KMIP 2.x: what a new object shall have. */
export function requestedAttributes(tags: {
  readonly v1: TagRow<unknown>
  readonly v2: TagRow<unknown>
}): Field<RequestedAttributes, 'required'> {
  return fieldByMajor('required', {
    1: required(tags.v1, TemplateAttributeStruct),
    2: required(tags.v2, attributesOnly),
  })
}

/** The same where a request may do without: one half of a key pair, a replacement that is like its original. */
export function optionalAttributes(tags: {
  readonly v1: TagRow<unknown>
  readonly v2: TagRow<unknown>
}): Field<RequestedAttributes, 'optional'> {
  return fieldByMajor('optional', {
    1: optional(tags.v1, TemplateAttributeStruct),
    2: optional(tags.v2, attributesOnly),
  })
}

/** The Template-Attribute or Attributes of a request that may do without (KMIP 1.4 section 4.39). */
export const desiredAttributes = optionalAttributes({
  v1: Tag.TemplateAttribute,
  v2: Tag.Attributes,
})

const attributesV1: Field<readonly AttributeEntry[]> = {
  presence: 'repeated',
  bind(version) {
    const bound = repeated(Tag.Attribute, v1.attribute).bind(version)
    if (bound === undefined) return undefined
    return {
      ...bound,
      write: (entries, into) => {
        bound.write(
          entries.filter((entry) => v1.isSayable(entry, version)),
          into,
        )
      },
    } satisfies BoundField<readonly AttributeEntry[]>
  },
}

/** The attributes of an object in an answer: Attribute, repeated, in KMIP 1.x; Attributes in KMIP 2.x. */
export const attributesOfObject: Field<readonly AttributeEntry[], 'required'> = fieldByMajor(
  'required',
  {
    1: attributesV1,
    2: required(Tag.Attributes, v2.attributes),
  },
)

/** The attribute as the version says it; one that it cannot say, and that its client said all the same, as 1.4 does. */
const shownAttribute: Codec<AttributeEntry> = custom(ItemType.Structure, (version) => {
  const own = compile(v1.attribute, version)
  const newest = compile(v1.attribute, '1.4')
  return {
    decode: (item) => own.decode(item),
    encode(tag, entry) {
      if (!v1.isSayable(entry, version)) return newest.encode(tag, entry)
      try {
        return own.encode(tag, entry)
      } catch (error) {
        if (!(error instanceof KmipFault && error.code === 'NOT_IN_VERSION')) throw error
        return newest.encode(tag, entry)
      }
    },
  }
})

/**
 * One attribute in the answer to a change; KMIP 2.x answers without (1.4 section 4.14, 2.1 section 6.1.2). It is never
 * left out: clients read it by its place.
 */
export const changedAttribute: Field<AttributeEntry, 'optional'> = fieldByMajor('optional', {
  1: optional(Tag.Attribute, shownAttribute),
})

/** Attributes by the names of KMIP 1.x: x- and y- in front of a custom one. */
export const attributeNames: Field<readonly AttributeReference[], 'repeated'> = {
  presence: 'repeated',
  bind(version) {
    const bound = repeated(Tag.AttributeName, v1.attributeName).bind(version)
    if (bound === undefined) return undefined
    return {
      ...bound,
      write: (references, into) => {
        bound.write(
          references.filter((reference) => v1.nameOfReference(reference, version) !== undefined),
          into,
        )
      },
    } satisfies BoundField<readonly AttributeReference[]>
  },
}

const attributeReferencesV2: Field<readonly AttributeReference[]> = {
  presence: 'repeated',
  bind(version) {
    const bound = repeated(Tag.AttributeReference, v2.attributeReference).bind(version)
    if (bound === undefined) return undefined
    return {
      ...bound,
      write: (references, into) => {
        bound.write(
          references.filter((reference) => v2.isSayable(reference, version)),
          into,
        )
      },
    } satisfies BoundField<readonly AttributeReference[]>
  },
}

/** Which attributes are meant: by name in KMIP 1.x, by reference in KMIP 2.x. */
export const attributeReferences: Field<readonly AttributeReference[], 'repeated'> = fieldByMajor(
  'repeated',
  { 1: attributeNames, 2: attributeReferencesV2 },
)
