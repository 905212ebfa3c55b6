/** What reading values is held to. `/status` tells them. */
export const limits = {
  /** Rows of a preview of a source. */
  previewRows: 100,
  /** Entity rows of one question to the online store. */
  onlineRows: 100,
  /** Entity rows of a preview of a training set. */
  historicalRows: 20,
  /** Rows that statistics are taken over. */
  sampleRows: 10_000,
  /** Entity rows of a training set that is exported. */
  exportRows: 10_000,
  /** Features that one question may name. */
  features: 500,
  /** Seconds that a statement may take. */
  seconds: 10,
  /** Questions of one user at a time. */
  atOnce: 4,
} as const
