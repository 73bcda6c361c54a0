import type { Certificates } from '../../port/certificates.ts'
import { nodePkcs12 } from '../pkcs12/index.ts'
import { issueX509 } from './issue.ts'
import { readNameBytes, writeName } from './name.ts'
import { readX509 } from './read.ts'
import { readRequest } from './request.ts'

/** Certificates by a strict reader and writer of DER. */
export const nodeCertificates: Certificates = {
  read: readX509,
  readRequest,
  readName: readNameBytes,
  writeName,
  issue: issueX509,
  pkcs12: nodePkcs12,
}
