import { readCertificateFile } from '../adapter/certificate-file.ts'
import { CommandFailure } from './failure.ts'

/** Reads the PEM certificate that an option names: DER, base64. Throws a `CommandFailure`. */
export async function readCertificateOption(option: string, path: string): Promise<string> {
  const certificate = await readCertificateFile(path)
  if (certificate === undefined) throw new CommandFailure(`${option}: there is no file ${path}`)
  return Buffer.from(certificate).toString('base64')
}

/** Whether a text can be the beginning of the SHA-256 of a key. */
export function isKeyStart(text: string): boolean {
  return /^[0-9a-f]{8,64}$/.test(text)
}

export const KEY_START_RULE = 'give 8 hexadecimal digits of it or more'
