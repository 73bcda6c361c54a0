/** A `CK_VERSION`. */
export interface CryptokiVersion {
  readonly major: number
  readonly minor: number
}

/** What C_GetInfo tells of the server's own PKCS#11 module. */
export interface CryptokiInfo {
  readonly cryptokiVersion: CryptokiVersion
  /** At most 32 bytes in UTF-8, as the description. */
  readonly manufacturer: string
  readonly description: string
  readonly libraryVersion: CryptokiVersion
}

/** What the clients of the server's own PKCS#11 module may have open. */
export interface CryptokiLimits {
  /** Applications of one client: C_Initialize without C_Finalize. */
  readonly applications: number
  /** Sessions of one application. */
  readonly sessions: number
  /** Handles of objects that one application may hold. */
  readonly objects: number
  /** Seconds after which an application that nobody calls is forgotten, its sessions with it. */
  readonly seconds: number
}
