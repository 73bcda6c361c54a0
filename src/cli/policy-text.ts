import type { PolicyCounts } from '../config/policy-schema.ts'

/** How much a policy says, in words. */
export function describePolicy(counts: PolicyCounts): string {
  const { roles, namespaces, operationPolicies, statements, approvals } = counts
  return [
    counted(statements, 'statement'),
    counted(approvals, 'approval'),
    counted(roles, 'role'),
    counted(namespaces, 'namespace'),
    counted(operationPolicies, 'operation policy', 'operation policies'),
  ].join(', ')
}

/** A number with the word for what it counts. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`
}
