/**
 * Other spellings of members: an edition of the standard, or a well-known implementation, normalises the same value to
 * another name. They are understood, never written.
 */
export const MEMBER_ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // KMIP 1.4 section 9.1.3.2.7 has the padding in the name.
  DigitalSignatureAlgorithm: {
    MD2WithRSAEncryptionPKCS_1V1_5: 'MD2WithRSAEncryption',
    MD5WithRSAEncryptionPKCS_1V1_5: 'MD5WithRSAEncryption',
    SHA_1WithRSAEncryptionPKCS_1V1_5: 'SHA_1WithRSAEncryption',
    SHA_224WithRSAEncryptionPKCS_1V1_5: 'SHA_224WithRSAEncryption',
    SHA_256WithRSAEncryptionPKCS_1V1_5: 'SHA_256WithRSAEncryption',
    SHA_384WithRSAEncryptionPKCS_1V1_5: 'SHA_384WithRSAEncryption',
    SHA_512WithRSAEncryptionPKCS_1V1_5: 'SHA_512WithRSAEncryption',
    RSASSA_PSSPKCS_1V2_1: 'RSASSA_PSS',
  },
  // KMIP 1.4 section 9.1.3.2.16.
  HashingAlgorithm: {
    SHA_3_224: 'SHA3_224',
    SHA_3_256: 'SHA3_256',
    SHA_3_384: 'SHA3_384',
    SHA_3_512: 'SHA3_512',
  },
  // KMIP 2.1 section 11.30; the official cases of every version write MGF1.
  MaskGenerator: { MFG1: 'MGF1' },
  // KMIP 1.4 section 9.1.3.2.29 writes the second word with a small letter.
  ResultReason: { Objectarchived: 'ObjectArchived' },
  CryptographicUsageMask: { ContentCommitment: 'ContentCommitmentNonRepudiation' },
}
