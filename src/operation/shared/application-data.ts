import { KmipFault } from '../../fault/fault.ts'
import { isVendorReference } from '../../model/attribute-reference.ts'
import { attributeValue, type AttributeEntry } from '../../model/attribute-set.ts'
import type { OperationContext } from '../context.ts'

/**
 * An attribute as it is to be set: where a request leaves Application Data out, the server makes some up, which no other
 * object has (KMIP 1.4 section 3.36, KMIP 2.1 section 4.4).
 *
 * @throws KmipFault `NAMESPACE_UNSUPPORTED` for a namespace that the policy does not name
 */
export function withApplicationData(
  entry: AttributeEntry,
  { policy, random }: Pick<OperationContext, 'policy' | 'random'>,
): AttributeEntry {
  const { reference } = entry
  if (isVendorReference(reference) || reference.name !== 'ApplicationSpecificInformation') {
    return entry
  }
  const value = attributeValue<'ApplicationSpecificInformation'>(entry.value)
  if (value.applicationData !== undefined) return entry
  if (!policy.applicationNamespaces.includes(value.applicationNamespace)) {
    throw new KmipFault(
      'NAMESPACE_UNSUPPORTED',
      'The server makes up no data for this Application Namespace',
    )
  }
  return { ...entry, value: { ...value, applicationData: random.identifier() } }
}
