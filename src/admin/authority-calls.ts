import { KmipFault } from '../fault/fault.ts'
import type { TrustedAuthority } from '../repository/authority-book.ts'
import type { IdentityCalls, IdentityDeps } from './identity-deps.ts'
import type { IdentityResponse } from './identity-schema.ts'

type AuthorityCalls = Pick<IdentityCalls, Extract<keyof IdentityCalls, `authority.${string}`>>

/** The calls about authorities of others. */
export function authorityCalls(deps: IdentityDeps): AuthorityCalls {
  return {
    'authority.add': async (request) => add(deps, request),
    'authority.list': async () => list(deps),
    'authority.remove': async ({ id: start }) => {
      const found = deps.authorities.list().filter(({ id }) => id.startsWith(start))
      const [authority] = found
      if (authority === undefined || found.length > 1) {
        const text = `There is ${authority === undefined ? 'no' : 'more than one'} authority ${start}`
        throw new KmipFault('OBJECT_NOT_FOUND', text)
      }
      await deps.authorities.remove(authority.id)
      await deps.trust?.refresh()
      return { id: authority.id }
    },
    'authority.reload': async () => {
      await deps.trust?.refresh()
      return list(deps)
    },
  }
}

async function add(
  deps: IdentityDeps,
  { certificate: encoded, crl, label }: Parameters<IdentityCalls['authority.add']>[0],
): Promise<IdentityResponse<'authority.add'>> {
  const { checkAuthority, describeAuthority } = await import('../adapter/certificate-admission.ts')
  const { authorities, authority: own, clock, lists } = deps
  const certificate = Uint8Array.from(Buffer.from(encoded, 'base64'))
  const known = authorities.list().map((each) => each.certificate)
  checkAuthority(certificate, known, clock.now())
  const { id } = describeAuthority(certificate)
  if (id === describeAuthority(own.certificate).id) {
    throw new KmipFault('OBJECT_EXISTS', "It is the server's own authority")
  }
  if (crl !== undefined) await lists.read(crl, certificate)
  const authority: TrustedAuthority = {
    id,
    certificate,
    added: Math.trunc(clock.now()),
    ...(crl !== undefined && { crl }),
    ...(label !== undefined && { label }),
  }
  await authorities.add(authority)
  await deps.trust?.refresh()
  return summaryOf(deps, authority)
}

async function list(deps: IdentityDeps): Promise<IdentityResponse<'authority.list'>> {
  const summaries = deps.authorities.list().map(async (each) => summaryOf(deps, each))
  return { authorities: await Promise.all(summaries) }
}

async function summaryOf(
  { trust }: IdentityDeps,
  { id, certificate, crl, label, added }: TrustedAuthority,
): Promise<IdentityResponse<'authority.add'>> {
  const { describeAuthority } = await import('../adapter/certificate-admission.ts')
  const { subject, notAfter } = describeAuthority(certificate)
  const report = trust?.report().find(({ authority }) => authority === id)
  return {
    id,
    subject,
    notAfter,
    added,
    ...(crl !== undefined && { crl }),
    ...(label !== undefined && { label }),
    ...(report !== undefined && {
      list: {
        thisUpdate: report.thisUpdate,
        nextUpdate: report.nextUpdate,
        revoked: report.revoked,
        problem: report.problem,
      },
    }),
  }
}
